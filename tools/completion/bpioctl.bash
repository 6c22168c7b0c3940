# SPDX-License-Identifier: GPL-2.0
# bash completion for bpioctl(8)
# shellcheck shell=bash

_bpioctl()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local verb=${COMP_WORDS[1]} options=

	COMPREPLY=()
	if [ "$COMP_CWORD" = 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W \
			'state query info enable cat verify help version' -- "$cur")
		return
	fi
	case $prev in
	--sha256 | --block | --threads | --require-bypass | --every) return ;;
	esac
	if [[ $cur == -* ]]; then
		case $verb in
		state) options='-v --no-direct --json' ;;
		query) options='--skip-storage --no-direct --json' ;;
		info) options='--handle --stream --volume --json' ;;
		enable) options='--every --json' ;;
		cat) options='-v --block' ;;
		verify)
			options='--json --quiet --progress --sha256 --from --dir --block'
			options+=' --threads --require-bypass'
			;;
		esac
		mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
		return
	fi
	compopt -o filenames
	mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}
complete -F _bpioctl bpioctl
