package io.evenkeel.ui.control;

import io.evenkeel.contract.command.HoldState;
import io.evenkeel.ui.runs.RunHeader;
import java.util.List;

/**
 * How a run is steered, at one tick.
 *
 * @param header the run
 * @param mode mode of the run; empty when the controller has not said
 * @param killSwitch held: no command leaves
 * @param knobs in the order of their declaration
 * @param proposals what waits for a person, newest first
 * @param actions what the run can be asked to do; names from outside
 * @param commands newest first
 * @param audit newest first
 */
public record ControlState(
    RunHeader header,
    String mode,
    HoldState killSwitch,
    List<KnobState> knobs,
    List<AuditLine> proposals,
    List<String> actions,
    List<CommandLine> commands,
    List<AuditLine> audit) {

  /** Copies. */
  public ControlState {
    knobs = List.copyOf(knobs);
    proposals = List.copyOf(proposals);
    actions = List.copyOf(actions);
    commands = List.copyOf(commands);
    audit = List.copyOf(audit);
  }
}
