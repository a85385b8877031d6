package io.evenkeel.trainer.telemetry;

import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.trainer.model.GradientMethod;
import io.evenkeel.trainer.model.LossTerms;
import io.evenkeel.trainer.model.Objective;
import io.evenkeel.trainer.optim.GradientClip;
import io.evenkeel.trainer.optim.TensorCheck;
import java.util.List;
import java.util.Map;

/**
 * What the loop knows of a step besides the layers' sums.
 *
 * @param incarnation of the run
 * @param step the step
 * @param losses its losses
 * @param objective coefficients in force
 * @param method how lm_grad_P was had
 * @param clip gradient norm and clip coefficient
 * @param tensors epsilon check of each tensor, after the update
 * @param knobs in force
 * @param lastCommand last command applied
 * @param scalars free figures by name
 * @param probe routers and experts on the probe batch; empty when not due
 */
public record StepFigures(
    int incarnation,
    long step,
    LossTerms losses,
    Objective objective,
    GradientMethod method,
    GradientClip clip,
    List<TensorCheck> tensors,
    List<KnobValue> knobs,
    CommandPosition lastCommand,
    Map<String, Double> scalars,
    List<ProbeResult> probe) {}
