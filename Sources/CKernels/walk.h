// A walk over the cells of up to three tensors, group by group or parameter by parameter.
#pragma once

#include "grouping.h"
#include "operations.h"

typedef struct {
  ptrdiff_t count, first, second, third, statistic, parameter;
} ck_axis;

/// `outer` axes tell groups (or parameters) apart, `inner` ones lie inside; `columns` floats at each cell are
/// neighbours in all tensors and in the statistics.
typedef struct {
  ck_axis outer[4], inner[4];
  ptrdiff_t outer_count, inner_count, columns;
} ck_walk;

CK_INLINE void add_axis(ck_axis *axes, ptrdiff_t *used, ck_axis axis) {
  if (axis.count > 1) axes[(*used)++] = axis;
}

/// - by_parameter: whether parameters are walked over instead of groups.
CK_INLINE void make_walk(const ck_grouping *g, ck_steps first, ck_steps second, ck_steps third, ptrdiff_t lanes,
                         int by_parameter, ck_walk *walk) {
  const ptrdiff_t firsts[4] = {first.channel, first.slice, first.row, first.column};
  const ptrdiff_t seconds[4] = {second.channel, second.slice, second.row, second.column};
  const ptrdiff_t thirds[4] = {third.channel, third.slice, third.row, third.column};
  for (int i = 0; i < 4; i++) walk->outer[i] = walk->inner[i] = (ck_axis){1, 0, 0, 0, 0, 0};
  walk->columns = lanes;
  ptrdiff_t outer = 0, inner = 0, statistic = lanes;
  int joining = 1;
  for (int axis = 3; axis >= 0; axis--) {
    const ptrdiff_t groups = g->groups[axis], part = g->size[axis] / groups, parameter = g->parameter[axis];
    const ptrdiff_t columns = walk->columns;
    const int is_alone = part == 1 && parameter == 0;
    joining = joining && is_alone &&
              (groups == 1 || (firsts[axis] == columns && seconds[axis] == columns && thirds[axis] == columns));
    if (joining) {
      walk->columns *= groups;
    } else {
      const ck_axis between = {groups, part * firsts[axis], part * seconds[axis], part * thirds[axis],
                               statistic, part * parameter};
      const ck_axis within = {part, firsts[axis], seconds[axis], thirds[axis], 0, parameter};
      if (by_parameter ? parameter != 0 : 1) {
        add_axis(walk->outer, &outer, between);
      } else {
        add_axis(walk->inner, &inner, between);
      }
      if (by_parameter && parameter != 0) {
        add_axis(walk->outer, &outer, within);
      } else {
        add_axis(walk->inner, &inner, within);
      }
    }
    statistic *= groups;
  }
  walk->outer_count = walk->inner_count = 1;
  for (int i = 0; i < 4; i++) {
    walk->outer_count *= walk->outer[i].count;
    walk->inner_count *= walk->inner[i].count;
  }
}

#define CK_FOR_OUTER(walk)                                    \
  for (ptrdiff_t o3 = 0; o3 < (walk)->outer[3].count; o3++)   \
    for (ptrdiff_t o2 = 0; o2 < (walk)->outer[2].count; o2++) \
      for (ptrdiff_t o1 = 0; o1 < (walk)->outer[1].count; o1++) \
        for (ptrdiff_t o0 = 0; o0 < (walk)->outer[0].count; o0++)

#define CK_FOR_INNER(walk)                                    \
  for (ptrdiff_t i3 = 0; i3 < (walk)->inner[3].count; i3++)   \
    for (ptrdiff_t i2 = 0; i2 < (walk)->inner[2].count; i2++) \
      for (ptrdiff_t i1 = 0; i1 < (walk)->inner[1].count; i1++) \
        for (ptrdiff_t i0 = 0; i0 < (walk)->inner[0].count; i0++)

/// How far the current outer or inner cell lies from the first one: in a tensor, the statistics or the parameters.
#define CK_OUTER(walk, what)                                                                          \
  (o0 * (walk)->outer[0].what + o1 * (walk)->outer[1].what + o2 * (walk)->outer[2].what + \
   o3 * (walk)->outer[3].what)
#define CK_INNER(walk, what)                                                                          \
  (i0 * (walk)->inner[0].what + i1 * (walk)->inner[1].what + i2 * (walk)->inner[2].what + \
   i3 * (walk)->inner[3].what)

/// Floats are added over this many cells at most before their sum joins a double.
enum { CK_PIECE = 64 };

/// Adds `term` to `piece`, and that to the doubles of `total` when it is full.
#define CK_ADD(term, piece, total, cell)                       \
  do {                                                         \
    (piece) += (term);                                         \
    if ((cell) % CK_PIECE == CK_PIECE - 1) {                   \
      (total) += __builtin_convertvector((piece), lanes16d);   \
      (piece) = CK_ZERO;                                       \
    }                                                          \
  } while (0)
