/* Its exec function takes memory without end in every interpreter but the main one. */
#include "own_gil.h"
#include <stdlib.h>

static int greedy_exec(PyObject *module)
{
    while (PyInterpreterState_Get() != PyInterpreterState_Main())
        memset(malloc(1 << 22), 1, 1 << 22);
    return 0;
}

OWN_GIL_MODULE(greedy, greedy_exec, 0, NULL, NULL)
