package io.evenkeel.contract.wire;

import static io.evenkeel.contract.wire.SignalWriter.present;
import static io.evenkeel.contract.wire.SignalWriter.real;
import static io.evenkeel.contract.wire.SignalWriter.reals;
import static io.evenkeel.contract.wire.SignalWriter.whole;
import static io.evenkeel.contract.wire.SignalWriter.wholes;

import com.google.protobuf.CodedOutputStream;
import io.evenkeel.contract.signal.LayerSignals;
import io.evenkeel.contract.wire.proto.Proto;
import java.io.IOException;

/** Writes one {@link LayerSignals}; see {@link SignalWriter}. */
final class LayerWriter {

  private LayerWriter() {}

  static void write(LayerSignals value, CodedOutputStream out) throws IOException {
    whole(out, Proto.LayerSignals.LAYER_FIELD_NUMBER, value.layer());
    present(out, Proto.LayerSignals.GRADIENT_NORM_RATIO_FIELD_NUMBER, value.gradientNormRatio());
    present(out, Proto.LayerSignals.LM_GRADIENT_NORM_FIELD_NUMBER, value.lmGradientNorm());
    present(out, Proto.LayerSignals.LB_GRADIENT_NORM_FIELD_NUMBER, value.lbGradientNorm());
    present(out, Proto.LayerSignals.LOGIT_GRADIENT_RATIO_FIELD_NUMBER, value.logitGradientRatio());
    out.writeEnum(
        Proto.LayerSignals.GRADIENT_METHOD_FIELD_NUMBER,
        switch (value.gradientMethod()) {
          case EXACT -> Proto.GradientMethod.GRADIENT_METHOD_EXACT_VALUE;
          case ONE_PASS -> Proto.GradientMethod.GRADIENT_METHOD_ONE_PASS_VALUE;
        });
    present(out, Proto.LayerSignals.ROUTER_COSINE_ALL_FIELD_NUMBER, value.routerCosineAll());
    present(out, Proto.LayerSignals.ROUTER_COSINE_FFN_FIELD_NUMBER, value.routerCosineFfn());
    wholes(out, Proto.LayerSignals.LOAD_FIELD_NUMBER, value.load());
    reals(out, Proto.LayerSignals.PROBABILITIES_FIELD_NUMBER, value.probabilities());
    present(out, Proto.LayerSignals.LOAD_BALANCE_LOSS_FIELD_NUMBER, value.loadBalanceLoss());
    real(out, Proto.LayerSignals.MAX_VIOLATION_FIELD_NUMBER, value.maxViolation());
    real(
        out,
        Proto.LayerSignals.COEFFICIENT_OF_VARIATION_FIELD_NUMBER,
        value.coefficientOfVariation());
    whole(out, Proto.LayerSignals.DEAD_EXPERTS_FIELD_NUMBER, value.deadExperts());
    real(out, Proto.LayerSignals.ENTROPY_OF_MEAN_FIELD_NUMBER, value.entropyOfMean());
    real(
        out,
        Proto.LayerSignals.ENTROPY_OF_MEAN_NORMALISED_FIELD_NUMBER,
        value.entropyOfMeanNormalised());
    real(out, Proto.LayerSignals.TOKEN_ENTROPY_MEAN_FIELD_NUMBER, value.tokenEntropyMean());
    real(
        out,
        Proto.LayerSignals.TOKEN_ENTROPY_NORMALISED_FIELD_NUMBER,
        value.tokenEntropyNormalised());
    real(
        out,
        Proto.LayerSignals.SOFT_MUTUAL_INFORMATION_FIELD_NUMBER,
        value.softMutualInformation());
    real(out, Proto.LayerSignals.FFN_EXPERTS_MEAN_FIELD_NUMBER, value.ffnExpertsMean());
    real(out, Proto.LayerSignals.FFN_EXPERTS_STD_FIELD_NUMBER, value.ffnExpertsStd());
    real(
        out,
        Proto.LayerSignals.FFN_EXPERTS_RELATIVE_ERROR_FIELD_NUMBER,
        value.ffnExpertsRelativeError());
    real(out, Proto.LayerSignals.ZERO_SHARE_FIELD_NUMBER, value.zeroShare());
    real(out, Proto.LayerSignals.ROUTER_Z_FIELD_NUMBER, value.routerZ());
    real(out, Proto.LayerSignals.ROUTER_LOGIT_MAX_ABS_FIELD_NUMBER, value.routerLogitMaxAbs());
    reals(out, Proto.LayerSignals.SELECTION_BIAS_FIELD_NUMBER, value.selectionBias());
    present(out, Proto.LayerSignals.EXPERT_OUTPUT_COSINE_FIELD_NUMBER, value.expertOutputCosine());
    present(out, Proto.LayerSignals.TOP1_CHURN_FIELD_NUMBER, value.top1Churn());
    present(out, Proto.LayerSignals.FFN_SUM_VARIANCE_FIELD_NUMBER, value.ffnSumVariance());
    present(out, Proto.LayerSignals.GAMMA_EMPIRICAL_FIELD_NUMBER, value.gammaEmpirical());
    real(out, Proto.LayerSignals.FFN_EXPERTS_TARGET_FIELD_NUMBER, value.ffnExpertsTarget());
    whole(out, Proto.LayerSignals.FFN_EXPERTS_FIELD_NUMBER, value.ffnExperts());
  }
}
