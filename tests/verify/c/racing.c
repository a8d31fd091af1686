/* Two inits at the same moment abort: a static counter without a lock. */
#include "own_gil.h"
#include <stdlib.h>
#include <unistd.h>

static int inside;

static int racing_exec(PyObject *module)
{
    if (__sync_fetch_and_add(&inside, 1) != 0)
        abort();
    usleep(20000);
    __sync_fetch_and_sub(&inside, 1);
    return 0;
}

OWN_GIL_MODULE(racing, racing_exec, 0, NULL, NULL)
