#include <math.h>

#include "loss_walk.h"

// One box after the other, in doubles: there are few.

#define EPSILON 1e-7
#define PI_SQUARED 9.869604401089358

typedef struct {
  double x1, y1, x2, y2;
} box;

CK_INLINE void load_box(const float *numbers, ptrdiff_t step, int is_centred, box *b) {
  const double first = (double)numbers[0], second = (double)numbers[step];
  const double third = (double)numbers[2 * step], fourth = (double)numbers[3 * step];
  *b = is_centred ? (box){first - third / 2, second - fourth / 2, first + third / 2, second + fourth / 2}
                  : (box){first, second, third, fourth};
}

CK_INLINE double positive(double x) { return x > 0 || x != x ? x : 0; }

/// How much of a maximum of a and b moves with a: half where they meet, so that a box that is its target stays there.
CK_INLINE double share(double a, double b) { return a > b ? 1 : a == b ? 0.5 : 0; }

/// The loss of box p against t, and what it moves by with the corners of p.
CK_INLINE double loss_of_box(ck_box_kind kind, const box *p, const box *t, box *slope) {
  const double width = positive(p->x2 - p->x1), height = positive(p->y2 - p->y1);
  const double target_width = positive(t->x2 - t->x1), target_height = positive(t->y2 - t->y1);
  // Shares of p in the corners of what both have in common.
  const double left = share(p->x1, t->x1), top = share(p->y1, t->y1);
  const double right = share(t->x2, p->x2), bottom = share(t->y2, p->y2);
  const double common_width = positive((right > 0 ? p->x2 : t->x2) - (left > 0 ? p->x1 : t->x1));
  const double common_height = positive((bottom > 0 ? p->y2 : t->y2) - (top > 0 ? p->y1 : t->y1));
  const double common = common_width * common_height;
  const double all = width * height + target_width * target_height - common;
  const double iou = common / (all + EPSILON);
  // Of I and U by the corners.
  const double across = common > 0 ? common_height : 0, down = common > 0 ? common_width : 0;
  const box common_slope = {-left * across, -top * down, right * across, bottom * down};
  const double tall = width > 0 ? height : 0, wide = height > 0 ? width : 0;
  const double grows = common / ((all + EPSILON) * (all + EPSILON)), part = 1 / (all + EPSILON);
  const box all_slope = {-tall - common_slope.x1, -wide - common_slope.y1, tall - common_slope.x2,
                         wide - common_slope.y2};
  const box iou_slope = {common_slope.x1 * part - all_slope.x1 * grows, common_slope.y1 * part - all_slope.y1 * grows,
                         common_slope.x2 * part - all_slope.x2 * grows, common_slope.y2 * part - all_slope.y2 * grows};
  *slope = (box){-iou_slope.x1, -iou_slope.y1, -iou_slope.x2, -iou_slope.y2};
  if (kind == CK_IOU) return 1 - iou;

  // The smallest box around both.
  const double hull_left = share(t->x1, p->x1), hull_top = share(t->y1, p->y1);
  const double hull_right = share(p->x2, t->x2), hull_bottom = share(p->y2, t->y2);
  const double hull_width = positive((hull_right > 0 ? p->x2 : t->x2) - (hull_left > 0 ? p->x1 : t->x1));
  const double hull_height = positive((hull_bottom > 0 ? p->y2 : t->y2) - (hull_top > 0 ? p->y1 : t->y1));
  if (kind == CK_GIOU) {
    const double hull = hull_width * hull_height, whole = hull + EPSILON, empty = (hull - all) / whole;
    const double by_hull = (1 - empty) / whole;
    slope->x1 += -hull_left * hull_height * by_hull - all_slope.x1 / whole;
    slope->y1 += -hull_top * hull_width * by_hull - all_slope.y1 / whole;
    slope->x2 += hull_right * hull_height * by_hull - all_slope.x2 / whole;
    slope->y2 += hull_bottom * hull_width * by_hull - all_slope.y2 / whole;
    return 1 - iou + empty;
  }
  const double dx = (p->x1 + p->x2 - t->x1 - t->x2) / 2, dy = (p->y1 + p->y2 - t->y1 - t->y2) / 2;
  const double diagonal = hull_width * hull_width + hull_height * hull_height + EPSILON;
  const double distance = (dx * dx + dy * dy) / diagonal;
  slope->x1 += (dx + 2 * distance * hull_left * hull_width) / diagonal;
  slope->y1 += (dy + 2 * distance * hull_top * hull_height) / diagonal;
  slope->x2 += (dx - 2 * distance * hull_right * hull_width) / diagonal;
  slope->y2 += (dy - 2 * distance * hull_bottom * hull_height) / diagonal;
  if (kind == CK_DIOU) return 1 - iou + distance;

  // atan(w / h) also where h is 0.
  const double turn = atan2(width, height) - atan2(target_width, target_height);
  const double aspect = 4 / PI_SQUARED * turn * turn, weight = aspect / (1 - iou + aspect + EPSILON);
  const double by_aspect = weight * (2 - weight), by_iou = weight * weight;
  const double square = width * width + height * height;
  const double by_angle = square > 0 ? by_aspect * 8 / PI_SQUARED * turn / square : 0;
  const double by_width = p->x2 > p->x1 ? by_angle * height : 0, by_height = p->y2 > p->y1 ? -by_angle * width : 0;
  slope->x1 += by_iou * iou_slope.x1 - by_width;
  slope->y1 += by_iou * iou_slope.y1 - by_height;
  slope->x2 += by_iou * iou_slope.x2 + by_width;
  slope->y2 += by_iou * iou_slope.y2 + by_height;
  return 1 - iou + distance + weight * aspect;
}

CK_DISPATCHED void ck_box_loss(ck_box_kind kind, int is_centred, const ck_predictions *input, double *losses) {
  ck_walk walk;
  make_walk(&input->grouping, input->prediction_steps, input->target_steps, input->target_steps, input->lanes, 0,
            &walk);
  CK_FOR_GROUPS(&walk, input) {
    for (ptrdiff_t lane = 0; lane < 16; lane++) {
      box p, t, slope;
      load_box(CK_FIRST_PREDICTION(&walk, input) + lane, walk.inner[0].first, is_centred, &p);
      load_box(CK_FIRST_TARGET(&walk, input) + lane, walk.inner[0].second, is_centred, &t);
      losses[at + lane] += loss_of_box(kind, &p, &t, &slope);
    }
  }
}

CK_DISPATCHED void ck_box_loss_backward(ck_box_kind kind, int is_centred, const ck_predictions *input,
                                        const ck_loss_gradient *output) {
  ck_walk walk;
  make_walk(&input->grouping, input->prediction_steps, input->target_steps, output->steps, input->lanes, 0, &walk);
  CK_FOR_GROUPS(&walk, input) {
    for (ptrdiff_t lane = 0; lane < 16; lane++) {
      const double dy = (double)output->gradient[at + lane] * (double)output->scale;
      box p, t, slope = {0, 0, 0, 0};
      load_box(CK_FIRST_PREDICTION(&walk, input) + lane, walk.inner[0].first, is_centred, &p);
      load_box(CK_FIRST_TARGET(&walk, input) + lane, walk.inner[0].second, is_centred, &t);
      if (dy != 0) loss_of_box(kind, &p, &t, &slope);
      const double corners[4] = {slope.x1, slope.y1, slope.x2, slope.y2};
      const double centre[4] = {slope.x1 + slope.x2, slope.y1 + slope.y2, (slope.x2 - slope.x1) / 2,
                                (slope.y2 - slope.y1) / 2};
      float *result = CK_FIRST_RESULT(&walk, output) + lane;
      for (ptrdiff_t k = 0; k < 4; k++)
        result[k * walk.inner[0].third] = (float)(dy * (is_centred ? centre : corners)[k]);
    }
  }
}
