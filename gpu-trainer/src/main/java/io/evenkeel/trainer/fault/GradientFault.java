package io.evenkeel.trainer.fault;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.trainer.layer.Parameter;
import io.evenkeel.trainer.model.ModelConfig;
import io.evenkeel.trainer.model.ModelState;
import io.evenkeel.trainer.ops.TensorMemory;
import io.evenkeel.trainer.tensor.Shape;

/**
 * A value that is no number in the gradient of one tensor.
 *
 * @param tensor canonical name
 * @param element index in row-major order, at least 0
 * @param value NaN or an infinity
 * @param range of steps
 */
public record GradientFault(String tensor, long element, double value, StepRange range)
    implements Fault {
  /** Checks element and value. */
  public GradientFault {
    if (Double.isFinite(value)) {
      throw new FaultException(
          ErrorId.TRAINER_FAULT_VALUE, "value", "must be nan, inf or -inf, not " + value);
    }
    if (element < 0) {
      throw new FaultException(
          ErrorId.TRAINER_FAULT_TENSOR, "element", "must be at least 0, not " + element);
    }
  }

  @Override
  public String kind() {
    return "gradient";
  }

  @Override
  public String describe() {
    return value + " in element " + element + " of the gradient of " + tensor + ", " + range;
  }

  @Override
  public void requireFits(ModelConfig model) {
    Shape shape = model.parameterShapes().get(tensor);
    if (shape == null) {
      throw new FaultException(
          ErrorId.TRAINER_FAULT_TENSOR, "tensor", "is none of the model's: " + tensor);
    }
    if (element >= shape.size()) {
      throw new FaultException(
          ErrorId.TRAINER_FAULT_TENSOR,
          "element",
          "must be less than " + shape.size() + ", the size of " + tensor + ", not " + element);
    }
  }

  void strike(ModelState state, TensorMemory memory) {
    Parameter parameter = state.parameter(tensor);
    double[] gradient = memory.toArray(parameter.gradient());
    gradient[(int) element] = value;
    memory.write(parameter.gradient(), gradient);
  }
}
