#include "../src/expire.h"

#include <assert.h>

/* A key that expired is gone when it is asked for. */
static void testExpiredKeyIsDeleted(void) {
    dict *d = dictCreate();
    dictSet(d, "a", "1");
    expireSet(dictFind(d, "a"), -1);
    assert(expireIfNeeded(d, "a") == 1);
    assert(dictFind(d, "a") == 0);
}

int main(void) {
    testExpiredKeyIsDeleted();
    return 0;
}
