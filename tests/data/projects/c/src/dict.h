#ifndef DICT_H
#define DICT_H

typedef struct dictEntry {
    char *key;
    char *value;
    long long expireAt; /* milliseconds since the epoch, 0 = never */
    struct dictEntry *next;
} dictEntry;

typedef struct dict {
    dictEntry **table;
    unsigned long size;
    unsigned long used;
} dict;

dict *dictCreate(void);
dictEntry *dictFind(dict *d, const char *key);
void dictSet(dict *d, const char *key, const char *value);
int dictDelete(dict *d, const char *key);

#endif
