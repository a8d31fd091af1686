/* What of Python.h matters to read an extension: macros that are no expressions, and the names of types. */
#define Py_PYTHON_H
#if PY_VERSION_HEX >= 0x030C0000 && (!defined(Py_LIMITED_API) || Py_LIMITED_API + 0 >= 0x030C0000)
#define Py_mod_multiple_interpreters Py_mod_multiple_interpreters
#define Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED
#define Py_MOD_MULTIPLE_INTERPRETERS_SUPPORTED Py_MOD_MULTIPLE_INTERPRETERS_SUPPORTED
#define Py_MOD_PER_INTERPRETER_GIL_SUPPORTED Py_MOD_PER_INTERPRETER_GIL_SUPPORTED
#endif
#if PY_VERSION_HEX >= 0x030D0000 && (!defined(Py_LIMITED_API) || Py_LIMITED_API + 0 >= 0x030D0000)
#define Py_mod_gil Py_mod_gil
#define Py_MOD_GIL_USED Py_MOD_GIL_USED
#define Py_MOD_GIL_NOT_USED Py_MOD_GIL_NOT_USED
#endif
#define Py_mod_create Py_mod_create
#define Py_mod_exec Py_mod_exec
#define PY_RELEASE_LEVEL_FINAL 0xF
#define PY_RELEASE_LEVEL 0xF
#define PY_RELEASE_SERIAL 0
#define PY_MICRO_VERSION 0
#define PYTHON_API_VERSION 1013
#define PYTHON_ABI_VERSION 3
#define WITH_THREAD 1
#define HAVE_LONG_LONG 1
#define HAVE_STDINT_H 1
#define Py_UNICODE_WIDE 1
#define SIZEOF_INT 4
#define SIZEOF_SHORT 2
#define SIZEOF_LONG 8
#define SIZEOF_LONG_LONG 8
#define SIZEOF_SIZE_T 8
#define SIZEOF_VOID_P 8
#define SIZEOF_DOUBLE 8
#define SIZEOF_FLOAT 4
#define SIZEOF_TIME_T 8
#define SIZEOF_OFF_T 8
#define SIZEOF_WCHAR_T 4
#define PY_LITTLE_ENDIAN 1
#define PY_BIG_ENDIAN 0
#define PyAPI_FUNC(TYPE) extern TYPE
#define PyAPI_DATA(TYPE) extern TYPE
#define PyMODINIT_FUNC PyObject *
#define PyObject_HEAD PyObject ob_base;
#define PyObject_VAR_HEAD PyVarObject ob_base;
#define PyObject_HEAD_INIT(TYPE) { 1, TYPE },
#define PyVarObject_HEAD_INIT(TYPE, SIZE) { { 1, TYPE }, SIZE },
#define PyModuleDef_HEAD_INIT { 0 }
#define PyDoc_VAR(NAME) static const char NAME[]
#define PyDoc_STRVAR(NAME, TEXT) static const char NAME[] = TEXT
#define PyDoc_STR(TEXT) TEXT
#define Py_BEGIN_ALLOW_THREADS { PyThreadState *_save; _save = PyEval_SaveThread();
#define Py_BLOCK_THREADS PyEval_RestoreThread(_save);
#define Py_UNBLOCK_THREADS _save = PyEval_SaveThread();
#define Py_END_ALLOW_THREADS PyEval_RestoreThread(_save); }
#define Py_BEGIN_CRITICAL_SECTION(OBJECT) { PyCriticalSection_Begin(OBJECT);
#define Py_END_CRITICAL_SECTION() }
#define Py_BEGIN_CRITICAL_SECTION2(ONE, TWO) { PyCriticalSection2_Begin(ONE, TWO);
#define Py_END_CRITICAL_SECTION2() }
#define Py_TRASHCAN_BEGIN(OBJECT, DEALLOC) {
#define Py_TRASHCAN_END }
#define Py_TRASHCAN_SAFE_BEGIN(OBJECT) {
#define Py_TRASHCAN_SAFE_END(OBJECT) }
#define CPy_TRASHCAN_BEGIN(OBJECT, DEALLOC) {
#define CPy_TRASHCAN_END(OBJECT) }
#define Py_RETURN_NONE return Py_None
#define Py_RETURN_TRUE return Py_True
#define Py_RETURN_FALSE return Py_False
#define Py_RETURN_NOTIMPLEMENTED return Py_NotImplemented
#define Py_RETURN_NAN return PyFloat_FromDouble(0)
#define Py_RETURN_INF(SIGN) return PyFloat_FromDouble(SIGN)
#define Py_RETURN_RICHCOMPARE(LEFT, RIGHT, OP) do { if ((OP) && (LEFT) == (RIGHT)) return Py_True; return Py_False; } while (0)
#define Py_UNREACHABLE() abort()
#define Py_UNUSED(NAME) _unused_##NAME
#define Py_LOCAL(TYPE) static TYPE
#define Py_LOCAL_INLINE(TYPE) static inline TYPE
#define Py_DEPRECATED(VERSION)
#define Py_GCC_ATTRIBUTE(X)
#define Py_ALIGNED(X)
#define Py_NO_INLINE
#define Py_ALWAYS_INLINE
#define Py_EXPORTED_SYMBOL
#define Py_IMPORTED_SYMBOL
#define Py_LOCAL_SYMBOL
#define _Py_NO_RETURN
#define Py_CHARMASK(C) ((unsigned char)((C) & 0xff))
#define Py_STRINGIFY(X) #X
#define Py_MIN(X, Y) (((X) > (Y)) ? (Y) : (X))
#define Py_MAX(X, Y) (((X) > (Y)) ? (X) : (Y))
#define Py_ABS(X) ((X) < 0 ? -(X) : (X))
#define Py_ARRAY_LENGTH(ARRAY) (sizeof(ARRAY) / sizeof((ARRAY)[0]))
#define Py_MEMBER_SIZE(TYPE, MEMBER) sizeof(((TYPE *)0)->MEMBER)
#define Py_SAFE_DOWNCAST(VALUE, WIDE, NARROW) ((NARROW)(VALUE))
#define _Py__has_builtin(NAME) 0
#define _Py_CAST(TYPE, EXPRESSION) ((TYPE)(EXPRESSION))
#define _Py_STATIC_CAST(TYPE, EXPRESSION) ((TYPE)(EXPRESSION))
#define _PyObject_CAST(OBJECT) ((PyObject *)(OBJECT))
#define _PyCFunction_CAST(FUNCTION) ((PyCFunction)(FUNCTION))
#define _PyObject_EXTRA_INIT
#define PyObject_New(TYPE, TYPEOBJ) ((TYPE *)_PyObject_New(TYPEOBJ))
#define PyObject_NEW(TYPE, TYPEOBJ) ((TYPE *)_PyObject_New(TYPEOBJ))
#define PyObject_NewVar(TYPE, TYPEOBJ, N) ((TYPE *)_PyObject_NewVar(TYPEOBJ, N))
#define PyObject_NEW_VAR(TYPE, TYPEOBJ, N) ((TYPE *)_PyObject_NewVar(TYPEOBJ, N))
#define PyObject_GC_New(TYPE, TYPEOBJ) ((TYPE *)_PyObject_GC_New(TYPEOBJ))
#define PyObject_GC_NewVar(TYPE, TYPEOBJ, N) ((TYPE *)_PyObject_GC_NewVar(TYPEOBJ, N))
#define PyObject_GC_Resize(TYPE, OBJECT, N) ((TYPE *)_PyObject_GC_Resize(OBJECT, N))
#define PyMem_New(TYPE, N) ((TYPE *)PyMem_Malloc((N) * sizeof(TYPE)))
#define PyMem_NEW(TYPE, N) ((TYPE *)PyMem_Malloc((N) * sizeof(TYPE)))
#define PyMem_Resize(P, TYPE, N) ((P) = (TYPE *)PyMem_Realloc((P), (N) * sizeof(TYPE)))
#define PyMem_RESIZE(P, TYPE, N) ((P) = (TYPE *)PyMem_Realloc((P), (N) * sizeof(TYPE)))
#define Py_TPFLAGS_DEFAULT Py_TPFLAGS_DEFAULT
#define Py_TPFLAGS_HAVE_GC Py_TPFLAGS_HAVE_GC
#define Py_TPFLAGS_BASETYPE Py_TPFLAGS_BASETYPE
#if PY_VERSION_HEX >= 0x030A0000
#define Py_TPFLAGS_IMMUTABLETYPE Py_TPFLAGS_IMMUTABLETYPE
#define Py_TPFLAGS_DISALLOW_INSTANTIATION Py_TPFLAGS_DISALLOW_INSTANTIATION
#endif
#define Py_TPFLAGS_HAVE_VECTORCALL Py_TPFLAGS_HAVE_VECTORCALL
#define Py_TPFLAGS_SEQUENCE Py_TPFLAGS_SEQUENCE
#define Py_TPFLAGS_MAPPING Py_TPFLAGS_MAPPING
#if PY_VERSION_HEX >= 0x030C0000
#define Py_TPFLAGS_MANAGED_DICT Py_TPFLAGS_MANAGED_DICT
#define Py_TPFLAGS_MANAGED_WEAKREF Py_TPFLAGS_MANAGED_WEAKREF
#endif
#define Py_TYPE Py_TYPE
#define Py_SIZE Py_SIZE
#define Py_REFCNT Py_REFCNT
#define Py_IS_TYPE Py_IS_TYPE
#define Py_SET_TYPE Py_SET_TYPE
#define Py_SET_SIZE Py_SET_SIZE
#define Py_CLEAR Py_CLEAR
#define Py_VISIT Py_VISIT
#define Py_SETREF Py_SETREF
#define Py_XSETREF Py_XSETREF
#define Py_INCREF Py_INCREF
#define Py_DECREF Py_DECREF
#define Py_XINCREF Py_XINCREF
#define Py_XDECREF Py_XDECREF
#define Py_None Py_None
#define Py_True Py_True
#define Py_False Py_False
#define PyType_HasFeature PyType_HasFeature
#define PyCFunction_New PyCFunction_New
#define PyModule_Create PyModule_Create
#define PyUnicode_READY(OBJECT) 0
#define PyUnicode_1BYTE_KIND 1
#define PyUnicode_2BYTE_KIND 2
#define PyUnicode_4BYTE_KIND 4
#define PyTuple_SET_ITEM PyTuple_SET_ITEM
#define PyTuple_GET_ITEM PyTuple_GET_ITEM
#define PyList_SET_ITEM PyList_SET_ITEM
#define PyList_GET_ITEM PyList_GET_ITEM
#define PyBytes_AS_STRING PyBytes_AS_STRING
#define PyUnicode_GET_LENGTH PyUnicode_GET_LENGTH
#define METH_FASTCALL METH_FASTCALL
#define METH_METHOD METH_METHOD
#define _Py_IDENTIFIER(NAME) static _Py_Identifier PyId_##NAME = { 0, #NAME, 0 }
#define _Py_static_string(NAME, TEXT) static _Py_Identifier NAME = { 0, TEXT, 0 }
#define Py_ID(NAME) Py_ID_##NAME
#define T_SHORT 0
#define PY_FORMAT_SIZE_T "z"
#define PY_LONG_LONG long long
#define PY_SSIZE_T_MAX 9223372036854775807LL
#define PY_SSIZE_T_MIN (-9223372036854775807LL - 1)
#define Py_LL(X) X##LL
#define Py_ULL(X) Py_LL(X##U)
#define Py_HUGE_VAL HUGE_VAL
#define Py_EQ 2
#define Py_NE 3
#define Py_LT 0
#define Py_LE 1
#define Py_GT 4
#define Py_GE 5
#define PyBUF_SIMPLE 0

typedef struct _object PyObject; typedef struct _varobject PyVarObject; typedef struct _typeobject PyTypeObject;
typedef long Py_ssize_t; typedef long Py_hash_t; typedef unsigned long Py_uhash_t; typedef long Py_intptr_t; typedef unsigned long Py_uintptr_t;
typedef unsigned int Py_UCS4; typedef unsigned short Py_UCS2; typedef unsigned char Py_UCS1; typedef int Py_UNICODE; typedef struct Py_complex Py_complex;
typedef struct Py_buffer Py_buffer; typedef void *PyCFunction; typedef void *PyCFunctionWithKeywords; typedef void *PyCFunctionFast; typedef void *PyCFunctionFastWithKeywords;
typedef void *_PyCFunctionFast; typedef void *_PyCFunctionFastWithKeywords; typedef void *PyCMethod; typedef void *PyNoArgsFunction;
typedef struct PyMethodDef PyMethodDef; typedef struct PyMemberDef PyMemberDef; typedef struct PyGetSetDef PyGetSetDef; typedef struct PyModuleDef PyModuleDef;
typedef struct PyModuleDef_Slot PyModuleDef_Slot; typedef struct PyModuleDef_Base PyModuleDef_Base; typedef struct PyType_Slot PyType_Slot; typedef struct PyType_Spec PyType_Spec;
typedef struct PyNumberMethods PyNumberMethods; typedef struct PySequenceMethods PySequenceMethods; typedef struct PyMappingMethods PyMappingMethods;
typedef struct PyBufferProcs PyBufferProcs; typedef struct PyAsyncMethods PyAsyncMethods; typedef struct PyStructSequence_Field PyStructSequence_Field;
typedef struct PyStructSequence_Desc PyStructSequence_Desc; typedef struct PyStructSequence PyStructSequence;
typedef struct PyThreadState PyThreadState; typedef struct PyInterpreterState PyInterpreterState; typedef int PyGILState_STATE; typedef void *PyThread_type_lock;
typedef struct PyMutex PyMutex; typedef struct PyCriticalSection PyCriticalSection; typedef struct Py_tss_t Py_tss_t; typedef int PyLockStatus;
typedef struct PyLongObject PyLongObject; typedef struct PyFloatObject PyFloatObject; typedef struct PyComplexObject PyComplexObject; typedef struct PyListObject PyListObject;
typedef struct PyTupleObject PyTupleObject; typedef struct PyDictObject PyDictObject; typedef struct PySetObject PySetObject; typedef struct PyBytesObject PyBytesObject;
typedef struct PyByteArrayObject PyByteArrayObject; typedef struct PyUnicodeObject PyUnicodeObject; typedef struct PyASCIIObject PyASCIIObject;
typedef struct PyCompactUnicodeObject PyCompactUnicodeObject; typedef struct PyModuleObject PyModuleObject; typedef struct PyFunctionObject PyFunctionObject;
typedef struct PyCFunctionObject PyCFunctionObject; typedef struct PyMethodObject PyMethodObject; typedef struct PyCodeObject PyCodeObject; typedef struct PyFrameObject PyFrameObject;
typedef struct PyWeakReference PyWeakReference; typedef struct PyHeapTypeObject PyHeapTypeObject; typedef struct PyDescrObject PyDescrObject; typedef struct PyCapsule PyCapsule;
typedef struct PyBaseExceptionObject PyBaseExceptionObject; typedef struct PySliceObject PySliceObject; typedef struct PyGenObject PyGenObject; typedef struct PyCellObject PyCellObject;
typedef struct PyMemoryViewObject PyMemoryViewObject; typedef struct PyOSErrorObject PyOSErrorObject; typedef struct PyLongLayout PyLongLayout; typedef struct PyUnicodeWriter PyUnicodeWriter;
typedef struct _Py_Identifier _Py_Identifier; typedef struct _PyArg_Parser _PyArg_Parser; typedef struct _PyUnicodeWriter _PyUnicodeWriter; typedef struct _PyBytesWriter _PyBytesWriter;
typedef struct _PyTime_t _PyTime_t; typedef unsigned int digit; typedef struct _Py_HashSecret_t _Py_HashSecret_t; typedef struct PyDateTime_CAPI PyDateTime_CAPI;
typedef struct PyDateTime_DateTime PyDateTime_DateTime; typedef struct PyDateTime_Date PyDateTime_Date; typedef struct PyDateTime_Time PyDateTime_Time; typedef struct PyDateTime_Delta PyDateTime_Delta;
typedef struct PyDateTime_TZInfo PyDateTime_TZInfo; typedef struct PyConfig PyConfig; typedef struct PyStatus PyStatus; typedef struct PyInterpreterConfig PyInterpreterConfig;
typedef void *allocfunc; typedef void *destructor; typedef void *freefunc; typedef void *traverseproc; typedef void *inquiry; typedef void *visitproc; typedef void *newfunc; typedef void *initproc;
typedef void *reprfunc; typedef void *hashfunc; typedef void *richcmpfunc; typedef void *getiterfunc; typedef void *iternextfunc; typedef void *descrgetfunc; typedef void *descrsetfunc;
typedef void *getattrfunc; typedef void *getattrofunc; typedef void *setattrfunc; typedef void *setattrofunc; typedef void *ternaryfunc; typedef void *binaryfunc; typedef void *unaryfunc;
typedef void *lenfunc; typedef void *ssizeargfunc; typedef void *ssizessizeargfunc; typedef void *ssizeobjargproc; typedef void *ssizessizeobjargproc; typedef void *objobjargproc;
typedef void *objobjproc; typedef void *coercion; typedef void *getbufferproc; typedef void *releasebufferproc; typedef void *getter; typedef void *setter; typedef void *vectorcallfunc;
typedef void *cmpfunc; typedef void *printfunc; typedef void *wrapperfunc; typedef void *PyCapsule_Destructor; typedef void *sendfunc; typedef void *readbufferproc; typedef void *writebufferproc;
typedef void *segcountproc; typedef void *charbufferproc; typedef void *intargfunc; typedef void *intintargfunc; typedef void *intobjargproc; typedef void *intintobjargproc; typedef void *finalizer;
typedef int PySendResult; typedef void *Py_tracefunc; typedef void *PyOS_sighandler_t; typedef void *pyhash_t; typedef struct PyMemAllocatorEx PyMemAllocatorEx; typedef struct PyMonitoringState PyMonitoringState;
