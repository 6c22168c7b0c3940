# SPDX-License-Identifier: GPL-2.0
# Bars of one case, a group for each path, a bar for each kernel, as SVG.
# awk -v paths='raw ...' -f plot.awk kernel=6.1 LINES kernel=6.12 LINES, as guest.sh printed them

function text(x, y, anchor, size, what) {
	printf "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" font-size=\"%d\">%s</text>\n", x, y, anchor,
		size, what
}

BEGIN {
	FS = "\t"
	np = split(paths, order, " ")
	name = "pread-4k"
	split("#7aa6c2 #2c5f7c #a0a0a0", colour, " ")
}

FNR == 1 { kernels[++nk] = kernel }
$1 == "result" && $2 == name && $4 != "n/a" {
	cost[$3, kernel] = $4
	most = $4 > most ? $4 : most
}

END {
	left = 100; width = 560; bar = 11; gap = 9; top = 46
	group = nk * bar + gap
	height = top + np * group + 10
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\"", left + width + 80, height
	print " font-family=\"sans-serif\" fill=\"#222\">"
	printf "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n", left + width + 80, height
	text(left, 18, "start", 13, "Instructions of one random 4 KiB O_DIRECT pread; the line is raw")
	for (k = 1; k <= nk; k++) {
		printf "<rect x=\"%d\" y=\"27\" width=\"10\" height=\"10\" fill=\"%s\"/>\n",
			left + (k - 1) * 90, colour[k]
		text(left + (k - 1) * 90 + 15, 36, "start", 11, "kernel " kernels[k])
	}
	for (p = 1; p <= np; p++) {
		y = top + (p - 1) * group
		text(left - 8, y + (nk * bar) / 2 + 4, "end", 12, order[p])
		for (k = 1; k <= nk; k++) {
			n = cost[order[p], kernels[k]]
			printf "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>\n", left,
				y + (k - 1) * bar, width * n / most, bar - 1, colour[k]
			text(left + width * n / most + 5, y + k * bar - 2, "start", 10,
				sprintf("%d (%.2f)", n, n / cost["raw", kernels[k]]))
		}
	}
	for (k = 1; k <= nk; k++)
		printf "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"%s\" stroke-dasharray=\"3 3\"/>\n",
			left + width * cost["raw", kernels[k]] / most,
			left + width * cost["raw", kernels[k]] / most, top - 4, height - 6, colour[k]
	print "</svg>"
}
