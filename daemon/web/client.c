#include "client.h"

#include <string.h>

/* The last entry before end, without blanks; its start, *ret_len 0 if there is nothing. */
static const char *last_entry(const char *field, size_t end, size_t *ret_len, size_t *ret_before)
{
	size_t start = end;
	while (start && field[start - 1] != ',')
		start--;
	*ret_before = start ? start - 1 : 0;
	while (start < end && (field[start] == ' ' || field[start] == '\t'))
		start++;
	while (end > start && (field[end - 1] == ' ' || field[end - 1] == '\t'))
		end--;
	*ret_len = end - start;
	return field + start;
}

struct net_address client_find(const struct net_address *peer, const struct net_list *proxies,
	const char *const *field, size_t n)
{
	struct net_address believed = *peer;
	while (n-- && net_list_has(proxies, &believed)) {
		size_t end = strlen(field[n]);
		while (end && net_list_has(proxies, &believed)) {
			size_t len, before;
			struct net_address next;
			const char *entry = last_entry(field[n], end, &len, &before);
			if (!net_address_parse(entry, len, &next))
				return believed;
			believed = next;
			end = before;
		}
	}
	return believed;
}
