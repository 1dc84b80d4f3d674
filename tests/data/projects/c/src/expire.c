#include "expire.h"

#include <stdlib.h>
#include <time.h>

static long long nowMs(void) {
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

void expireSet(dictEntry *entry, long long seconds) {
    entry->expireAt = nowMs() + seconds * 1000;
}

/* Lazy expiration: a key whose time is over is deleted when somebody asks for it.
 * Returns 1 when the key was deleted. */
int expireIfNeeded(dict *d, const char *key) {
    dictEntry *entry = dictFind(d, key);
    if (!entry || entry->expireAt == 0 || entry->expireAt > nowMs()) return 0;
    return dictDelete(d, key);
}

/* Active expiration: looks at a few random buckets each cycle and deletes the keys whose time is over,
 * so that keys nobody asks for do not stay for ever. Returns how many were deleted. */
int expireCycle(dict *d) {
    int deleted = 0;
    for (int i = 0; i < EXPIRE_SAMPLES_PER_CYCLE; i++) {
        dictEntry *entry = d->table[(unsigned long)rand() % d->size];
        while (entry) {
            dictEntry *next = entry->next;
            if (entry->expireAt != 0 && entry->expireAt <= nowMs()) deleted += dictDelete(d, entry->key);
            entry = next;
        }
    }
    return deleted;
}
