#pragma once

/// Allocations that the calling thread has made through malloc and its relatives since it started.
long allocations_of_this_thread(void);
