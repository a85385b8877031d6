package io.evenkeel.controller.operator;

import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.controller.policy.KnobKey;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One run's open proposals: at most one a knob. */
public final class ProposalBook {

  private final Map<String, OpenProposal> open = new LinkedHashMap<>();

  /** Opens a proposal; a former one for the same knob is replaced. */
  public void open(OpenProposal proposal) {
    if (proposal.proposal().change() instanceof SetKnob set) {
      open.values()
          .removeIf(
              other ->
                  other.proposal().change() instanceof SetKnob former
                      && KnobKey.of(former).equals(KnobKey.of(set)));
    }
    open.put(proposal.id(), proposal);
  }

  /**
   * Takes a proposal out to answer it; empty if unknown, answered, expired or of an old
   * incarnation.
   */
  public Optional<OpenProposal> take(String id, int incarnation, Instant now) {
    return Optional.ofNullable(open.remove(id))
        .filter(p -> p.incarnation() == incarnation && now.isBefore(p.expires()));
  }

  /** Whether a proposal for the knob waits. */
  public boolean waits(KnobKey key, Instant now) {
    return open.values().stream()
        .anyMatch(
            p ->
                now.isBefore(p.expires())
                    && p.proposal().change() instanceof SetKnob set
                    && KnobKey.of(set).equals(key));
  }

  /**
   * Takes back what was opened before a moment.
   *
   * @param knob of which knob; empty for all
   * @param expires when that would expire that was opened then
   */
  public void withdraw(String knob, Instant expires) {
    open.values()
        .removeIf(
            p ->
                p.expires().isBefore(expires)
                    && (knob.isEmpty()
                        || p.proposal().change() instanceof SetKnob set
                            && set.knob().equals(knob)));
  }

  /** Forgets what has expired. */
  public void expire(Instant now) {
    open.values().removeIf(p -> !now.isBefore(p.expires()));
  }

  /** All that waits. */
  public Collection<OpenProposal> all() {
    return List.copyOf(open.values());
  }

  /** Forgets all, as when a new incarnation begins. */
  public void clear() {
    open.clear();
  }
}
