/* Two functions; with SLOW one of them takes much longer. */
#include "own_gil.h"

#ifdef SLOW
#define TURNS 40000
#else
#define TURNS 2000
#endif

static PyObject *spend(int turns)
{
    volatile int number = 0;
    for (int i = 0; i < turns; i++)
        number += i;
    return PyLong_FromLong(number);
}

static PyObject *work(PyObject *module, PyObject *unused) { return spend(TURNS); }
static PyObject *rest(PyObject *module, PyObject *unused) { return spend(2000); }

static PyMethodDef methods[] = {{"work", work, METH_NOARGS, NULL}, {"rest", rest, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};

static int timed_exec(PyObject *module) { return PyModule_AddFunctions(module, methods); }

OWN_GIL_MODULE(timed, timed_exec, 0, NULL, NULL)
