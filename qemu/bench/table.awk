# SPDX-License-Identifier: GPL-2.0
# Tables for people, of what guest.sh printed. -v goals=FILE -v paths='raw ...'

# cell(CASE, PATH): instructions, or n/a
function cell(name, path) {
	return (name, path) in mid ? mid[name, path] : "-"
}

BEGIN { FS = "\t"; np = split(paths, path, " ") }

$1 == "clock" { clock = $2 }
$1 == "setting" { setting = $2 }
$1 == "result" {
	if (!($2 in known)) {
		known[$2] = 1
		order[++cases] = $2
	}
	mid[$2, $3] = $4
	if ($4 == "n/a") {
		if (!(($2, $5) in who))
			why[++missing] = $2 SUBSEP $5
		who[$2, $5] = who[$2, $5] " " $3
	} else if ((spread = 100 * ($6 - $5) / $4) > worst) {
		worst = spread
		of = $2 " " $3
	}
}
$1 == "latency" { latency[++latencies] = $0 }

function matrix(ratio, i, c, m) {
	printf "%-22s", ratio ? "to raw" : "instructions a read"
	for (i = 1; i <= np; i++)
		printf " %10s", path[i]
	print ""
	for (c = 1; c <= cases; c++) {
		printf "%-22s", order[c]
		for (i = 1; i <= np; i++) {
			m = cell(order[c], path[i])
			if (!ratio || m + 0 == 0 || cell(order[c], "raw") + 0 == 0)
				printf " %10s", m
			else
				printf " %10.3f", m / cell(order[c], "raw")
		}
		print ""
	}
}

function show_latencies(i, f) {
	printf "\n%-22s %8s %10s %10s %10s\n", "ns (instructions)", "filters", "median", "least", "most"
	for (i = 1; i <= latencies; i++) {
		split(latency[i], f, FS)
		printf "%-22s %8s %10d %10d %10d\n", f[3], f[2], f[4], f[5], f[6]
		if (f[3] == "pause-64-in-flight")
			pause = f[6]
		if (f[3] == "slowest-read")
			slowest = f[4]
	}
}

function goal(name, value, limit) {
	printf "%-36s %8s %8.2f  %s\n", name, value ? sprintf("%.3f", value) : "n/a", limit,
		!value ? "not measured" : value <= limit ? "met" : "MISSED"
}

function show_goals(line, f, w, a, b) {
	printf "\n%-36s %8s %8s\n", "goal", "measured", "at most"
	while ((getline line < goals) > 0) {
		if (line ~ /^(#|$)/)
			continue
		split(line, f, /\t+/)
		split(f[2] " " f[3], w, " ")
		a = cell(w[1], w[2])
		b = cell(w[3], w[4])
		goal(f[1], a + 0 && b + 0 ? a / b : 0, f[4])
	}
	goal("slowest pause to slowest read", slowest ? pause / slowest : 0, 2)
}

END {
	printf "%s\none instruction of a calibrated loop takes %s ns of the clock\n", setting, clock
	printf "rounds of one measurement differ by %.2f %% at most (%s)\n\n", worst, of
	matrix(0)
	print ""
	matrix(1)
	for (i = 1; i <= missing; i++) {
		split(why[i], part, SUBSEP)
		printf "%sn/a: %s:%s: %s\n", i == 1 ? "\n" : "", part[1], who[why[i]], part[2]
	}
	show_latencies()
	show_goals()
}
