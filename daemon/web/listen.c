#include "listen.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "text.h"

enum { BACKLOG = 511 };

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static bool read_address(const char *text, union address *ret, socklen_t *ret_len)
{
	char host[64];
	long port;
	const char *colon = strrchr(text, ':');
	if (!colon || !text_parse_int(colon + 1, 0, 65535, &port))
		return false;
	size_t len = (size_t)(colon - text);
	bool brackets = text[0] == '[' && len > 2 && text[len - 1] == ']';
	if (len >= sizeof host)
		return false;
	snprintf(host, sizeof host, "%.*s", (int)len - 2 * brackets, text + brackets);
	memset(ret, 0, sizeof *ret);
	if (brackets) {
		ret->v6.sin6_family = AF_INET6;
		ret->v6.sin6_port = htons((uint16_t)port);
		*ret_len = sizeof ret->v6;
		return inet_pton(AF_INET6, host, &ret->v6.sin6_addr) == 1;
	}
	ret->v4.sin_family = AF_INET;
	ret->v4.sin_port = htons((uint16_t)port);
	*ret_len = sizeof ret->v4;
	return strcmp(host, "*") == 0 || inet_pton(AF_INET, host, &ret->v4.sin_addr) == 1;
}

enum rc listen_open(const char *text, int *ret_fd, struct diag *d)
{
	union address a;
	socklen_t len;
	int on = 1;
	if (!read_address(text, &a, &len))
		return diag_set(d, RC_INVALID,
			N_("\"%s\" is no address to listen at; write 127.0.0.1:8417 or [::1]:8417"),
			text);
	int fd = socket(a.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return diag_set_errno(d, RC_IO, errno, N_("no socket"));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, &a.any, len) || listen(fd, BACKLOG)) {
		int err = errno;
		close(fd);
		return diag_set_errno(d, RC_IO, err, N_("cannot listen at %s"), text);
	}
	*ret_fd = fd;
	return RC_OK;
}

void listen_describe(int fd, char ret[static LISTEN_TEXT_SIZE], bool *ret_loopback)
{
	union address a = {0};
	socklen_t len = sizeof a;
	char host[INET6_ADDRSTRLEN] = "?";
	*ret_loopback = false;
	if (getsockname(fd, &a.any, &len) == 0 && a.any.sa_family == AF_INET6) {
		inet_ntop(AF_INET6, &a.v6.sin6_addr, host, sizeof host);
		*ret_loopback = IN6_IS_ADDR_LOOPBACK(&a.v6.sin6_addr);
		snprintf(ret, LISTEN_TEXT_SIZE, "[%s]:%u", host, ntohs(a.v6.sin6_port));
	} else {
		inet_ntop(AF_INET, &a.v4.sin_addr, host, sizeof host);
		*ret_loopback = ntohl(a.v4.sin_addr.s_addr) >> 24 == 127;
		snprintf(ret, LISTEN_TEXT_SIZE, "%s:%u", host, ntohs(a.v4.sin_port));
	}
}
