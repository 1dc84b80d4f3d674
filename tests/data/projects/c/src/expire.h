#ifndef EXPIRE_H
#define EXPIRE_H
#include "dict.h"

#define EXPIRE_SAMPLES_PER_CYCLE 20

void expireSet(dictEntry *entry, long long seconds);
int expireIfNeeded(dict *d, const char *key);
int expireCycle(dict *d);
#endif
