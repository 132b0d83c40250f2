// Swift cannot see macros that expand to casts and addresses; each function returns the constant it is named after.
#ifndef CMPI_SHIM_H
#define CMPI_SHIM_H

#include <mpi.h>
#include <sys/prctl.h>

static inline MPI_Comm CMPI_COMM_WORLD(void) { return MPI_COMM_WORLD; }
static inline MPI_Datatype CMPI_FLOAT(void) { return MPI_FLOAT; }
static inline MPI_Datatype CMPI_INT(void) { return MPI_INT; }
static inline MPI_Datatype CMPI_BYTE(void) { return MPI_BYTE; }
static inline MPI_Op CMPI_SUM(void) { return MPI_SUM; }
static inline MPI_Errhandler CMPI_ERRORS_RETURN(void) { return MPI_ERRORS_RETURN; }
static inline MPI_Status *CMPI_STATUS_IGNORE(void) { return MPI_STATUS_IGNORE; }
static inline void *CMPI_IN_PLACE(void) { return MPI_IN_PLACE; }
static inline int CMPI_SUCCESS(void) { return MPI_SUCCESS; }
static inline int CMPI_THREAD_MULTIPLE(void) { return MPI_THREAD_MULTIPLE; }
static inline int CMPI_MAX_ERROR_STRING(void) { return MPI_MAX_ERROR_STRING; }

// Lets sleeps of this thread last hardly longer than they should; by default Linux adds 50 microseconds. Swift cannot
// call prctl.
static inline void cmpi_sleep_exactly(void) { prctl(PR_SET_TIMERSLACK, 1UL); }

#endif
