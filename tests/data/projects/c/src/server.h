#ifndef SERVER_H
#define SERVER_H
int serverRun(int port);
#endif
