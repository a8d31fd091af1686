"""What the C API's structs and functions are, as data. Sources: Include/cpython/object.h, Include/methodobject.h,
Include/moduleobject.h and Doc/data/refcounts.dat of CPython 3.13, and the C API reference at docs.python.org/3/c-api."""

from __future__ import annotations

TYPE_FIELDS = (
    "ob_base tp_name tp_basicsize tp_itemsize tp_dealloc tp_vectorcall_offset tp_getattr tp_setattr tp_as_async tp_repr "
    "tp_as_number tp_as_sequence tp_as_mapping tp_hash tp_call tp_str tp_getattro tp_setattro tp_as_buffer tp_flags tp_doc "
    "tp_traverse tp_clear tp_richcompare tp_weaklistoffset tp_iter tp_iternext tp_methods tp_members tp_getset tp_base tp_dict "
    "tp_descr_get tp_descr_set tp_dictoffset tp_init tp_alloc tp_new tp_free tp_is_gc tp_bases tp_mro tp_cache tp_subclasses "
    "tp_weaklist tp_del tp_version_tag tp_finalize tp_vectorcall tp_watched"
).split()

TABLE_FIELDS = {
    "PyNumberMethods": (
        "nb_add nb_subtract nb_multiply nb_remainder nb_divmod nb_power nb_negative nb_positive nb_absolute nb_bool nb_invert "
        "nb_lshift nb_rshift nb_and nb_xor nb_or nb_int nb_reserved nb_float nb_inplace_add nb_inplace_subtract "
        "nb_inplace_multiply nb_inplace_remainder nb_inplace_power nb_inplace_lshift nb_inplace_rshift nb_inplace_and "
        "nb_inplace_xor nb_inplace_or nb_floor_divide nb_true_divide nb_inplace_floor_divide nb_inplace_true_divide nb_index "
        "nb_matrix_multiply nb_inplace_matrix_multiply"
    ).split(),
    "PySequenceMethods": (
        "sq_length sq_concat sq_repeat sq_item was_sq_slice sq_ass_item was_sq_ass_slice sq_contains sq_inplace_concat sq_inplace_repeat"
    ).split(),
    "PyMappingMethods": "mp_length mp_subscript mp_ass_subscript".split(),
    "PyAsyncMethods": "am_await am_aiter am_anext am_send".split(),
    "PyBufferProcs": "bf_getbuffer bf_releasebuffer".split(),
}
TABLE_OF_FIELD = {
    "tp_as_number": "PyNumberMethods",
    "tp_as_sequence": "PySequenceMethods",
    "tp_as_mapping": "PyMappingMethods",
    "tp_as_async": "PyAsyncMethods",
    "tp_as_buffer": "PyBufferProcs",
}
MODULE_FIELDS = "m_base m_name m_doc m_size m_methods m_slots m_traverse m_clear m_free".split()
METHOD_FIELDS = "ml_name ml_meth ml_flags ml_doc".split()
GETSET_FIELDS = "name get set doc closure".split()
SEQUENCE_FIELDS = "name doc fields n_in_sequence".split()
SPEC_FIELDS = "name basicsize itemsize flags slots".split()
SLOT_FIELDS = ["slot", "pfunc"]
MODULE_SLOT_FIELDS = ["slot", "value"]
# Calls that make a type of a spec, with the argument that gives its bases.
OFFERED_BASES = {"PyType_FromSpec": None, "PyType_FromSpecWithBases": 1, "PyType_FromModuleAndSpec": 2, "PyType_FromMetaclass": 3}

# Fields that have no slot and no meaning of their own for a type that is made from a spec.
RUNTIME_FIELDS = frozenset(
    "ob_base ob_type tp_bases tp_mro tp_cache tp_subclasses tp_weaklist tp_version_tag tp_watched tp_dict nb_reserved was_sq_slice was_sq_ass_slice".split()
)
OFFSET_MEMBERS = {
    "tp_weaklistoffset": "__weaklistoffset__",
    "tp_dictoffset": "__dictoffset__",
    "tp_vectorcall_offset": "__vectorcalloffset__",
}

# Tables that the interpreter reads and extensions do not write: no state of the extension.
API_TABLES = frozenset(
    "PyMethodDef PyGetSetDef PyMemberDef PyModuleDef PyModuleDef_Slot PyType_Slot PyType_Spec PyNumberMethods PySequenceMethods "
    "PyMappingMethods PyBufferProcs PyAsyncMethods PyStructSequence_Field PyStructSequence_Desc _PyArg_Parser PyABIInfo PySlot".split()
)

OBJECT_STRUCTS = frozenset(
    "PyObject PyVarObject PyTypeObject PyLongObject PyFloatObject PyComplexObject PyListObject PyTupleObject PyDictObject PySetObject "
    "PyBytesObject PyByteArrayObject PyUnicodeObject PyASCIIObject PyCompactUnicodeObject PyModuleObject PyFunctionObject "
    "PyCFunctionObject PyMethodObject PyCodeObject PyFrameObject PyWeakReference PyHeapTypeObject PyBaseExceptionObject PySliceObject "
    "PyGenObject PyCellObject PyMemoryViewObject PyDateTime_DateTime PyDateTime_Date PyDateTime_Time PyDateTime_Delta PyDateTime_TZInfo "
    "PyArrayObject PyArray_Descr PyUFuncObject _object _typeobject _longobject".split()
)

# Calls that give a reference the caller does not own.
BORROWED = frozenset(
    "PyDict_GetItem PyDict_GetItemString PyDict_GetItemWithError PyDict_SetDefault PyList_GetItem PyList_GET_ITEM PyTuple_GetItem PyTuple_GET_ITEM "
    "PyImport_AddModule PyImport_GetModuleDict PyModule_GetDict PyErr_Occurred PySys_GetObject PyEval_GetBuiltins PyEval_GetGlobals "
    "PyEval_GetLocals PyFunction_GetCode PyFunction_GetGlobals PyMethod_Function PyMethod_Self PyMethod_GET_FUNCTION PyMethod_GET_SELF "
    "PyWeakref_GetObject PyWeakref_GET_OBJECT PyState_FindModule PyThreadState_GetDict PyCell_GET PySequence_Fast_GET_ITEM "
    "PyStructSequence_GET_ITEM PyStructSequence_GetItem PyInterpreterState_GetDict Py_TYPE".split()
)
# Calls that take over a reference: the argument's position, counted from 0.
STEALS = {
    "PyModule_AddObject": 2,
    "PyModule_Add": 2,
    "PyTuple_SET_ITEM": 2,
    "PyTuple_SetItem": 2,
    "PyList_SET_ITEM": 2,
    "PyList_SetItem": 2,
    "PyStructSequence_SET_ITEM": 2,
    "PyStructSequence_SetItem": 2,
}

# The place of the first argument that leads to the type of the receiver, for each kind of function the interpreter calls.
# "self": an instance of the type; "type": the type or a subclass; "either": one of the first two is an instance.
BINARY_SLOTS = frozenset(
    "nb_add nb_subtract nb_multiply nb_remainder nb_divmod nb_power nb_lshift nb_rshift nb_and nb_xor nb_or nb_floor_divide "
    "nb_true_divide nb_matrix_multiply".split()
)
TYPE_SLOTS = frozenset(("tp_new", "tp_alloc"))
"""Slots whose first argument is a type."""
DESTRUCTION_SLOTS = frozenset("tp_dealloc tp_traverse tp_clear tp_free tp_is_gc tp_del".split())
"""Slots that run while the module may be cleared already."""

# Bases outside the extension: whether their instances are tracked by the collector, so whether a subtype inherits traverse and clear.
GC_BASES = {
    "PyList_Type": True, "PyDict_Type": True, "PyTuple_Type": True, "PySet_Type": True, "PyFrozenSet_Type": True, "PyModule_Type": True,
    "PyType_Type": True, "PyUnicode_Type": False, "PyBytes_Type": False, "PyByteArray_Type": False, "PyLong_Type": False, "PyFloat_Type": False,
    "PyComplex_Type": False, "PyBaseObject_Type": False,
}  # fmt: skip
# Of these, the ones with a __reduce__ or __reduce_ex__ of their own.
REDUCING_BASES = frozenset(("PySet_Type", "PyFrozenSet_Type", "PyByteArray_Type"))
