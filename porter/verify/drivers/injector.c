/* Makes the Nth allocation of this thread fail, once: porter_injector.arm(n, file), and disarm(), which says how many
 * there were and whether code of that file asked for the one that failed. A fall of the process that is not that of the
 * file ends it with exit code 88. Built by verify for the Python under test;
 * both domains that code holding the GIL allocates from are hooked. */
#define _GNU_SOURCE
#include <Python.h>
#include <dlfcn.h>
#include <signal.h>
#include <unistd.h>
#if defined(__GLIBC__) || defined(__APPLE__)
#include <execinfo.h>
#define FRAMES(array, size) backtrace(array, size)
#else
#define FRAMES(array, size) 0
#endif

static PyMemAllocatorEx below[2];
static const PyMemAllocatorDomain domains[2] = {PYMEM_DOMAIN_MEM, PYMEM_DOMAIN_OBJ};
static _Thread_local int armed;
static _Thread_local long fails_at, seen;
static _Thread_local int asked_by_file;
static char file[4096];

static int allocates(const char *function)
{
    return function && (strncmp(function, "PyMem_", 6) == 0 || strncmp(function, "_PyMem_", 7) == 0
                        || strcmp(function, "PyObject_Malloc") == 0 || strcmp(function, "PyObject_Calloc") == 0
                        || strcmp(function, "PyObject_Realloc") == 0);
}

/* Who called the allocator: the first frame that is neither of this file nor an allocating function of Python. */
static int is_asked_by_file(void)
{
    void *frames[16];
    Dl_info here, there;
    int count = FRAMES(frames, 16);
    for (int i = 0; i < count; i++)
        if (dladdr(frames[i], &there) && dladdr((void *)is_asked_by_file, &here) && there.dli_fbase != here.dli_fbase
            && !allocates(there.dli_sname))
            return there.dli_fname && strcmp(there.dli_fname, file) == 0;
    return 0;
}

static int fails(void)
{
    if (!armed || seen++ != fails_at)
        return 0;
    asked_by_file = is_asked_by_file();
    return 1;
}

static void *give(void *ctx, size_t size)
{
    PyMemAllocatorEx *real = ctx;
    return fails() ? NULL : real->malloc(real->ctx, size);
}

static void *give_zeroed(void *ctx, size_t count, size_t size)
{
    PyMemAllocatorEx *real = ctx;
    return fails() ? NULL : real->calloc(real->ctx, count, size);
}

static void *give_more(void *ctx, void *memory, size_t size)
{
    PyMemAllocatorEx *real = ctx;
    return fails() ? NULL : real->realloc(real->ctx, memory, size);
}

static void take(void *ctx, void *memory)
{
    PyMemAllocatorEx *real = ctx;
    real->free(real->ctx, memory);
}

enum { NEAR = 4, ELSEWHERE = 88 }; /* frames from the fall that are the file's affair; the exit code if none is its */

/* A fall far from the file is Python's own: it has functions that cannot be without memory either. */
static void fell(int number)
{
    void *frames[16];
    Dl_info there;
    int count = FRAMES(frames, 16);
    for (int i = 2; i < count && i < 2 + NEAR; i++)
        if (dladdr(frames[i], &there) && there.dli_fname && strcmp(there.dli_fname, file) == 0)
            count = 0;
    if (count > 2 + NEAR)
        _exit(ELSEWHERE);
    signal(number, SIG_DFL);
    raise(number);
}

static PyObject *arm(PyObject *module, PyObject *arguments)
{
    const char *name;
    if (!PyArg_ParseTuple(arguments, "ls", &fails_at, &name))
        return NULL;
    PyOS_snprintf(file, sizeof file, "%s", name);
    signal(SIGSEGV, fell);
    signal(SIGABRT, fell);
    signal(SIGBUS, fell);
    seen = asked_by_file = 0;
    armed = 1;
    Py_RETURN_NONE;
}

static PyObject *disarm(PyObject *module, PyObject *unused)
{
    armed = 0;
    return Py_BuildValue("li", seen, asked_by_file);
}

static PyMethodDef methods[] = {{"arm", arm, METH_VARARGS, NULL}, {"disarm", disarm, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
static PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "porter_injector", .m_methods = methods, .m_size = -1};

PyMODINIT_FUNC PyInit_porter_injector(void)
{
    for (int i = 0; i < 2; i++) {
        PyMem_GetAllocator(domains[i], &below[i]);
        PyMemAllocatorEx hook = {&below[i], give, give_zeroed, give_more, take};
        PyMem_SetAllocator(domains[i], &hook);
    }
    return PyModule_Create(&definition);
}
