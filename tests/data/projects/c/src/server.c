#include "server.h"
#include "dict.h"
#include "expire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_COMMAND_LENGTH 4096

/* Cuts a command line into words; returns how many there are. */
static int parseCommand(char *line, char **words, int max) {
    int count = 0;
    for (char *word = strtok(line, " \r\n"); word && count < max; word = strtok(NULL, " \r\n")) words[count++] = word;
    return count;
}

static const char *runCommand(dict *d, char **words, int count) {
    if (count == 3 && strcmp(words[0], "SET") == 0) {
        dictSet(d, words[1], words[2]);
        return "+OK";
    }
    if (count == 2 && strcmp(words[0], "GET") == 0) {
        expireIfNeeded(d, words[1]);
        dictEntry *entry = dictFind(d, words[1]);
        return entry ? entry->value : "$-1";
    }
    if (count == 3 && strcmp(words[0], "EXPIRE") == 0) {
        dictEntry *entry = dictFind(d, words[1]);
        if (!entry) return ":0";
        expireSet(entry, atoll(words[2]));
        return ":1";
    }
    return "-ERR unknown command";
}

int serverRun(int port) {
    dict *d = dictCreate();
    char line[MAX_COMMAND_LENGTH];
    char *words[8];
    printf("listening on %d\n", port);
    while (fgets(line, sizeof line, stdin)) {
        int count = parseCommand(line, words, 8);
        puts(runCommand(d, words, count));
        expireCycle(d);
    }
    return 0;
}
