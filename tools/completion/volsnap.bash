# SPDX-License-Identifier: GPL-2.0
# bash completion for volsnap(8)
# shellcheck shell=bash

# Names of device-mapper; nothing where they cannot be read
_volsnap_volumes()
{
	mapfile -t COMPREPLY < <(compgen -W \
		"$(dmsetup ls 2>/dev/null | cut -f1 | grep -v '^No devices')" -- "$cur")
}

_volsnap_snapshots()
{
	mapfile -t COMPREPLY < <(compgen -W \
		"$(cut -d' ' -f2 /dev/bpio_volsnap 2>/dev/null)" -- "$cur")
}

_volsnap()
{
	local cur=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]} nth=$((COMP_CWORD - 1))

	COMPREPLY=()
	if [ "$COMP_CWORD" = 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W 'create remove list' -- "$cur")
		return
	fi
	[[ " ${COMP_WORDS[*]:2:COMP_CWORD-2} " != *' --chunk '* ]] || nth=$((nth - 2))
	case $verb.$nth in
	create.1)
		if [[ $cur == -* ]]; then
			COMPREPLY=(--chunk)
			return
		fi
		_volsnap_volumes
		;;
	remove.1) _volsnap_volumes ;;
	remove.2) _volsnap_snapshots ;;
	create.3)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		;;
	esac
}
complete -F _volsnap volsnap
