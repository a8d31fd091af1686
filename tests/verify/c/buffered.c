/* A function that keeps its answer in a static while it waits: right alone, wrong among many. And calls that no one
 * may make by chance. */
#include "own_gil.h"
#include <stdlib.h>
#include <unistd.h>

static volatile long kept;

static PyObject *add(PyObject *module, PyObject *arguments)
{
    long one, other = 0, third = 0;
    if (!PyArg_ParseTuple(arguments, "l|ll", &one, &other, &third))
        return NULL;
    kept = one + other + third;
    Py_BEGIN_ALLOW_THREADS
    usleep(rand() % 5000);
    Py_END_ALLOW_THREADS
    return PyLong_FromLong(kept);
}

static PyObject *fall(PyObject *module, PyObject *number)
{
    if (PyLong_Check(number))
        abort();
    return PyUnicode_FromString("alive");
}

static PyObject *stay(PyObject *module, PyObject *unused)
{
    for (;;)
        sleep(1);
}

static PyObject *reboot(PyObject *module, PyObject *unused) { abort(); }

static PyMethodDef methods[] = {{"add", add, METH_VARARGS, NULL}, {"fall", fall, METH_O, NULL}, {"stay", stay, METH_NOARGS, NULL},
    {"reboot", reboot, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};

static int buffered_exec(PyObject *module) { return PyModule_AddFunctions(module, methods); }

OWN_GIL_MODULE(buffered, buffered_exec, 0, NULL, NULL)
