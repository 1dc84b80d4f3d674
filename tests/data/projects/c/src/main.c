#include "server.h"

#include <stdio.h>
#include <stdlib.h>

/* Entry point: reads the port from the command line and runs the server until it is told to stop. */
int main(int argc, char **argv) {
    int port = argc > 1 ? atoi(argv[1]) : 7000;
    if (port <= 0 || port > 65535) {
        fprintf(stderr, "usage: %s [port]\n", argv[0]);
        return 64;
    }
    return serverRun(port);
}
