/* Its exec function reads through NULL in every interpreter but the main one. */
#include "own_gil.h"

static int crashing_exec(PyObject *module)
{
    volatile int *nowhere = PyInterpreterState_Get() == PyInterpreterState_Main() ? (volatile int *)module : NULL;
    return *nowhere * 0;
}

OWN_GIL_MODULE(crashing, crashing_exec, 0, NULL, NULL)
