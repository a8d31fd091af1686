/* Its exec function never returns in any interpreter but the main one. */
#include "own_gil.h"
#include <unistd.h>

static int hanging_exec(PyObject *module)
{
    while (PyInterpreterState_Get() != PyInterpreterState_Main())
        sleep(1);
    return 0;
}

OWN_GIL_MODULE(hanging, hanging_exec, 0, NULL, NULL)
