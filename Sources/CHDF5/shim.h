// Macros of HDF5 as functions, which is what Swift can see. Those that look up a predefined identifier open the
// library, so they belong under the same lock as every other call.

#ifndef CHDF5_SHIM_H
#define CHDF5_SHIM_H

// Later releases keep the functions of 1.10 under their old names.
#define H5_USE_110_API 1
#include <hdf5.h>

static inline hid_t CHDF5_native_int8(void) { return H5T_NATIVE_INT8; }
static inline hid_t CHDF5_native_uint8(void) { return H5T_NATIVE_UINT8; }
static inline hid_t CHDF5_native_int16(void) { return H5T_NATIVE_INT16; }
static inline hid_t CHDF5_native_uint16(void) { return H5T_NATIVE_UINT16; }
static inline hid_t CHDF5_native_int32(void) { return H5T_NATIVE_INT32; }
static inline hid_t CHDF5_native_uint32(void) { return H5T_NATIVE_UINT32; }
static inline hid_t CHDF5_native_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t CHDF5_native_uint64(void) { return H5T_NATIVE_UINT64; }
static inline hid_t CHDF5_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t CHDF5_native_double(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t CHDF5_string(void) { return H5T_C_S1; }
static inline size_t CHDF5_variable_length(void) { return H5T_VARIABLE; }

static inline hid_t CHDF5_file_access_class(void) { return H5P_FILE_ACCESS; }
static inline hid_t CHDF5_link_creation_class(void) { return H5P_LINK_CREATE; }
static inline hid_t CHDF5_dataset_creation_class(void) { return H5P_DATASET_CREATE; }
static inline hid_t CHDF5_transfer_class(void) { return H5P_DATASET_XFER; }
static inline hid_t CHDF5_default(void) { return H5P_DEFAULT; }

static inline unsigned CHDF5_truncate(void) { return H5F_ACC_TRUNC; }
static inline unsigned CHDF5_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned CHDF5_read_write(void) { return H5F_ACC_RDWR; }

static inline hid_t CHDF5_whole_space(void) { return H5S_ALL; }
static inline hsize_t CHDF5_unlimited(void) { return H5S_UNLIMITED; }

// The kind of a link (H5L_type_t), or -1; `value_size` is the length of a soft link's target with its final NUL.
static inline int CHDF5_link_kind(hid_t group, const char *name, size_t *value_size) {
  H5L_info_t info;
  if (H5Lget_info(group, name, &info, H5P_DEFAULT) < 0) return -1;
  *value_size = info.type == H5L_TYPE_HARD ? 0 : info.u.val_size;
  return info.type;
}

typedef void (*CHDF5_name_visitor)(const char *name, void *context);

typedef struct {
  CHDF5_name_visitor visitor;
  void *context;
} CHDF5_visit;

static inline herr_t CHDF5_visit_link(hid_t group, const char *name, const H5L_info_t *info, void *visit) {
  (void)group, (void)info;
  ((CHDF5_visit *)visit)->visitor(name, ((CHDF5_visit *)visit)->context);
  return 0;
}

static inline herr_t CHDF5_visit_attribute(hid_t object, const char *name, const H5A_info_t *info, void *visit) {
  (void)object, (void)info;
  ((CHDF5_visit *)visit)->visitor(name, ((CHDF5_visit *)visit)->context);
  return 0;
}

static inline herr_t CHDF5_link_names(hid_t group, int by_creation, CHDF5_name_visitor visitor, void *context) {
  CHDF5_visit visit = {visitor, context};
  hsize_t position = 0;
  return H5Literate(group, by_creation ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME, H5_ITER_INC, &position,
                    CHDF5_visit_link, &visit);
}

static inline herr_t CHDF5_attribute_names(hid_t object, CHDF5_name_visitor visitor, void *context) {
  CHDF5_visit visit = {visitor, context};
  hsize_t position = 0;
  return H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, &position, CHDF5_visit_attribute, &visit);
}

#endif
