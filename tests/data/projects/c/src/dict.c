#include "dict.h"

#include <stdlib.h>
#include <string.h>

#define DICT_INITIAL_SIZE 16

/* The djb2 hash of Dan Bernstein. */
static unsigned long hashKey(const char *key) {
    unsigned long hash = 5381;
    for (; *key; key++) hash = hash * 33 + (unsigned char)*key;
    return hash;
}

dict *dictCreate(void) {
    dict *d = calloc(1, sizeof *d);
    d->size = DICT_INITIAL_SIZE;
    d->table = calloc(d->size, sizeof *d->table);
    return d;
}

/* Doubles the table when there are more entries than buckets, and moves every entry to its new bucket. */
static void dictResize(dict *d) {
    unsigned long newSize = d->size * 2;
    dictEntry **table = calloc(newSize, sizeof *table);
    for (unsigned long i = 0; i < d->size; i++) {
        dictEntry *entry = d->table[i];
        while (entry) {
            dictEntry *next = entry->next;
            unsigned long bucket = hashKey(entry->key) % newSize;
            entry->next = table[bucket];
            table[bucket] = entry;
            entry = next;
        }
    }
    free(d->table);
    d->table = table;
    d->size = newSize;
}

dictEntry *dictFind(dict *d, const char *key) {
    dictEntry *entry = d->table[hashKey(key) % d->size];
    while (entry && strcmp(entry->key, key) != 0) entry = entry->next;
    return entry;
}

void dictSet(dict *d, const char *key, const char *value) {
    dictEntry *entry = dictFind(d, key);
    if (!entry) {
        if (d->used >= d->size) dictResize(d);
        unsigned long bucket = hashKey(key) % d->size;
        entry = calloc(1, sizeof *entry);
        entry->key = strdup(key);
        entry->next = d->table[bucket];
        d->table[bucket] = entry;
        d->used++;
    }
    free(entry->value);
    entry->value = strdup(value);
    entry->expireAt = 0;
}

int dictDelete(dict *d, const char *key) {
    dictEntry **link = &d->table[hashKey(key) % d->size];
    while (*link && strcmp((*link)->key, key) != 0) link = &(*link)->next;
    if (!*link) return 0;
    dictEntry *gone = *link;
    *link = gone->next;
    free(gone->key);
    free(gone->value);
    free(gone);
    d->used--;
    return 1;
}
