/* Each load loses one object of LOST bytes. */
#include "own_gil.h"

static int leaking_exec(PyObject *module)
{
    PyObject *lost = PyBytes_FromStringAndSize(NULL, LOST);
    if (lost == NULL)
        return -1;
    memset(PyBytes_AS_STRING(lost), 1, LOST);
    return 0;
}

OWN_GIL_MODULE(leaking, leaking_exec, 0, NULL, NULL)
