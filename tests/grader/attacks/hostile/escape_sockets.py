"""escape_sockets

Tries: sockets of every family; an address that answers is not needed to see whether they open.
Verdict: full marks for the honest answers; no socket opens.
"""

import os
import socket
import urllib.request

for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, 16, 17, 31, 38, 40, 44):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
        attempt(f"socket {family} {kind}", socket.socket, family, kind)
attempt("name", socket.getaddrinfo, "localhost", 80)
attempt("url", urllib.request.urlopen, "http://127.0.0.1:9/", None, 1)
attempt("create", socket.create_connection, ("127.0.0.1", 9), 1)
attempt("server", socket.create_server, ("127.0.0.1", 0))
attempt("datagram pair", socket.socketpair, socket.AF_UNIX, socket.SOCK_DGRAM)
