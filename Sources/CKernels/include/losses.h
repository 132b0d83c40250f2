#pragma once

#include "grouping.h"

// Losses of predictions against a target of the same shape. `grouping` says which elements belong together: those of
// an image, of a position, of a class.

typedef struct {
  ck_grouping grouping;
  const float *predictions;
  ck_steps prediction_steps;
  const float *target;
  ck_steps target_steps;
  ptrdiff_t lanes;
} ck_predictions;

// Forward adds to one double per lane, dead ones included, where the sum means nothing. Backward takes one dy per lane,
// writes dp = dy / divisor * (derivative of the lane's sum), and 0 where dy is 0, whatever lies there.

typedef struct {
  const float *gradient;
  /// One over the divisor.
  float scale;
  double divisor;
  float *prediction_gradient;
  ck_steps steps;
} ck_loss_gradient;

/// Functions of one prediction p and its target t; e is 10^-7.
typedef enum {
  /// (p - t)^2
  CK_SQUARED_LOSS,
  /// |p - t|
  CK_ABSOLUTE_LOSS,
  /// 100 |p - t| / max(|t|, e)
  CK_PERCENTAGE_LOSS,
  /// (log(max(p, e) + 1) - log(max(t, e) + 1))^2
  CK_LOGARITHMIC_LOSS,
  /// d^2 / 2 where |d| <= delta, else delta |d| - delta^2 / 2, with d = p - t
  CK_HUBER_LOSS,
  /// log(cosh(p - t))
  CK_LOG_COSH_LOSS,
  /// p - t log(p + e)
  CK_POISSON_LOSS,
  /// t log(t / p), both clipped to e...1
  CK_DIVERGENCE,
  /// max(1 - t p, 0), where targets of 0 and 1 alone stand for -1 and 1, image by image
  CK_HINGE_LOSS,
  /// Its square.
  CK_SQUARED_HINGE_LOSS,
  /// w q^gamma (-t log p - (1 - t) log(1 - p)) with q = t (1 - p) + (1 - t) p, w = positive t + negative (1 - t), and p
  /// clipped to e...1 - e in the logarithms
  CK_BINARY_FOCAL,
  /// The same with sigmoid(p) for p, not clipped.
  CK_BINARY_FOCAL_OF_LOGITS,
  /// -t log p - (1 - t) log(1 - p), with p clipped to e...1 - e: `ck_binary_loss`
  CK_BINARY_ENTROPY,
  /// The same with sigmoid(p) for p, not clipped.
  CK_BINARY_ENTROPY_OF_LOGITS,
} ck_element_kind;

typedef struct {
  ck_element_kind kind;
  float delta;
  /// Of focal losses and binary entropies: t is (1 - smoothing) * target + smoothing / 2.
  float smoothing;
  /// What elements with a target of 0 and of 1 count, and in proportion those between: of the same.
  float weight_of_zero, weight_of_one;
  /// Of focal losses.
  float gamma, positive, negative;
} ck_element_function;

void ck_element_loss(const ck_element_function *function, const ck_predictions *input, double *losses);
void ck_element_loss_backward(const ck_element_function *function, const ck_predictions *input,
                              const ck_loss_gradient *gradient);

/// The binary entropies, in doubles throughout.
void ck_binary_loss(const ck_element_function *function, const ck_predictions *input, double *losses);
void ck_binary_loss_backward(const ck_element_function *function, const ck_predictions *input,
                             const ck_loss_gradient *gradient);

/// Functions of all elements p_c and t_c of a group; sums are over the group.
typedef enum {
  /// -sum t log o, with o = p / sum p clipped to e...1 - e
  CK_CROSS_ENTROPY,
  /// -sum t log softmax(p)
  CK_CROSS_ENTROPY_OF_LOGITS,
  /// -sum w t (1 - o)^gamma log o
  CK_FOCAL,
  /// The same with softmax(p) for o.
  CK_FOCAL_OF_LOGITS,
  /// -sum p t / (|p| |t|), lengths being at least e
  CK_COSINE,
  /// max(max((1 - t) p) - sum t p + 1, 0)
  CK_CATEGORICAL_HINGE,
} ck_class_loss_kind;

typedef struct {
  ck_class_loss_kind kind;
  /// Of cross-entropies: t is target_scale * target + target_offset.
  float target_scale, target_offset;
  /// Of focal losses; one weight for each element of a group.
  float gamma;
  const float *weights;
} ck_class_function;

void ck_class_loss(const ck_class_function *function, const ck_predictions *input, double *losses);
void ck_class_loss_backward(const ck_class_function *function, const ck_predictions *input,
                            const ck_loss_gradient *gradient);

/// 1 - numerator * I / (common * I + targets * sum t + predictions * sum p + e) with I = sum p t, for each group.
typedef struct {
  float numerator, common, targets, predictions;
} ck_overlap_function;

/// `slopes`: for each group `lanes` floats u and then `lanes` floats v, for which dp = u t + v.
void ck_overlap_loss(const ck_overlap_function *function, const ck_predictions *input, double *losses, float *slopes);
void ck_overlap_loss_backward(const ck_predictions *input, const float *slopes, const ck_loss_gradient *gradient);

/// `sums`: for each group `lanes` floats I, then `lanes` floats sum t, then `lanes` floats sum p.
void ck_overlap_sums(const ck_predictions *input, float *sums);

typedef enum { CK_IOU, CK_GIOU, CK_DIOU, CK_CIOU } ck_box_kind;

/// Losses of boxes, four numbers along the channels: corners (x1, y1, x2, y2), or centre and size.
void ck_box_loss(ck_box_kind kind, int is_centred, const ck_predictions *input, double *losses);
void ck_box_loss_backward(ck_box_kind kind, int is_centred, const ck_predictions *input,
                          const ck_loss_gradient *gradient);
