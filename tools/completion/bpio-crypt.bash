# SPDX-License-Identifier: GPL-2.0
# bash completion for bpio-crypt(8)
# shellcheck shell=bash

_bpio_crypt()
{
	local cur=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]} names

	COMPREPLY=()
	if [ "$COMP_CWORD" = 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W 'key forget encrypt decrypt state' -- "$cur")
		return
	fi
	case $verb in
	key | forget | encrypt)
		if [ "$COMP_CWORD" = 2 ]; then
			# those that this user can see
			names=$(sed -n 's/.* logon  *bpio_crypt:\([^:]*\): .*/\1/p' /proc/keys)
			mapfile -t COMPREPLY < <(compgen -W "$names" -- "$cur")
			return
		fi
		[ "$verb" = encrypt ] || return
		;;
	decrypt | state) ;;
	*) return ;;
	esac
	compopt -o filenames
	mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}
complete -F _bpio_crypt bpio-crypt
