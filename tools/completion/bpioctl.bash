# SPDX-License-Identifier: GPL-2.0
# bash completion for bpioctl(8)
# shellcheck shell=bash

# One more name of a list with commas; what is before the last comma stays
_bpioctl_list()
{
	local before=

	[[ $cur != *,* ]] || before=${cur%,*},
	mapfile -t COMPREPLY < <(compgen -P "$before" -W "$1" -- "${cur##*,}")
}

_bpioctl_operations='enable disable query volume-pause volume-resume stream-pause stream-resume
get-info'

_bpioctl_has_operation()
{
	local word

	for word in "${COMP_WORDS[@]:2:COMP_CWORD-2}"; do
		compgen -W "$_bpioctl_operations" -X "!$word" >/dev/null && return
	done
	return 1
}

_bpioctl()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local verb=${COMP_WORDS[1]} options=

	COMPREPLY=()
	if [ "$COMP_CWORD" = 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W \
			'state query info enable pause resume blockers filters watch send cat verify bench
			help version' -- "$cur")
		return
	fi
	case $prev in
	--sha256 | --block | --threads | --require-bypass | --every | --text | --count | --timeout | \
		--reads | --rounds)
		return
		;;
	--reason)
		mapfile -t COMPREPLY < <(compgen -W 'snapshot replication auditing monitoring
			virtualization other' -- "$cur")
		return
		;;
	--events)
		_bpioctl_list 'enabled disabled armed disarmed broken stream-paused stream-resumed
			volume-paused volume-resumed vetoed attach-blocked attach-unblocked shut-down'
		return
		;;
	--flags)
		_bpioctl_list 'skip-storage scope-handle scope-stream why owned all'
		return
		;;
	esac
	if [[ $cur == -* ]]; then
		case $verb in
		state) options='-v --no-direct --json' ;;
		query) options='--skip-storage --no-direct --json' ;;
		info) options='--handle --stream --volume --json' ;;
		enable) options='--every --json' ;;
		pause) options='--stream --volume --reason --text --hold --json' ;;
		resume) options='--stream --volume --json' ;;
		blockers) options='--skip-storage --no-direct --json' ;;
		filters) options='--json' ;;
		watch) options='--volume --events --count --timeout --json' ;;
		send) options='--flags --json' ;;
		cat) options='-v --block' ;;
		bench) options='--block --reads --rounds --json' ;;
		verify)
			options='--json --quiet --progress --sha256 --from --dir --block'
			options+=' --threads --require-bypass'
			;;
		esac
		mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
		return
	fi
	if [ "$verb" = send ] && ! _bpioctl_has_operation; then
		mapfile -t COMPREPLY < <(compgen -W "$_bpioctl_operations" -- "$cur")
		return
	fi
	compopt -o filenames
	mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}
complete -F _bpioctl bpioctl
