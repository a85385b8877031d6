package io.evenkeel.contract.wire;

import io.evenkeel.contract.command.AcknowledgeAlert;
import io.evenkeel.contract.command.AlertRequest;
import io.evenkeel.contract.command.EndSilence;
import io.evenkeel.contract.command.ReplayNotice;
import io.evenkeel.contract.command.SaveAlertConfig;
import io.evenkeel.contract.command.SilenceAlerts;
import io.evenkeel.contract.command.TestReceiver;
import io.evenkeel.contract.wire.proto.Proto;

/** Translates what operators ask concerning alerts. */
final class AlertRequestWire {

  private AlertRequestWire() {}

  static void set(Proto.OperatorRequest.Builder request, AlertRequest body) {
    if (body instanceof SilenceAlerts silence) {
      request.setSilenceAlerts(
          Proto.SilenceAlerts.newBuilder()
              .addAllMatchers(silence.matchers())
              .setStartsMicros(Wires.micros(silence.startsAt()))
              .setEndsMicros(Wires.micros(silence.endsAt()))
              .setReason(silence.reason()));
    } else if (body instanceof EndSilence end) {
      request.setEndSilence(Proto.EndSilence.newBuilder().setSilence(end.silence()));
    } else if (body instanceof AcknowledgeAlert acknowledge) {
      request.setAcknowledgeAlert(
          Proto.AcknowledgeAlert.newBuilder()
              .setAlertId(acknowledge.alertId())
              .setNote(acknowledge.note()));
    } else if (body instanceof ReplayNotice replay) {
      request.setReplayNotice(
          Proto.ReplayNotice.newBuilder()
              .setNotice(replay.notice())
              .setReceiver(replay.receiver()));
    } else if (body instanceof TestReceiver test) {
      request.setTestReceiver(Proto.TestReceiver.newBuilder().setReceiver(test.receiver()));
    } else {
      // Release 17 has no switch over sealed types; the cast fails should one be added.
      SaveAlertConfig save = (SaveAlertConfig) body;
      request.setSaveAlertConfig(
          Proto.SaveAlertConfig.newBuilder()
              .setBaseVersion(save.baseVersion())
              .setText(save.text()));
    }
  }

  static AlertRequest fromWire(Proto.OperatorRequest wire) {
    return switch (wire.getBodyCase()) {
      case SILENCE_ALERTS -> {
        Proto.SilenceAlerts silence = wire.getSilenceAlerts();
        yield new SilenceAlerts(
            silence.getMatchersList(),
            Wires.instant(silence.getStartsMicros()),
            Wires.instant(silence.getEndsMicros()),
            silence.getReason());
      }
      case END_SILENCE -> new EndSilence(wire.getEndSilence().getSilence());
      case ACKNOWLEDGE_ALERT ->
          new AcknowledgeAlert(
              wire.getAcknowledgeAlert().getAlertId(), wire.getAcknowledgeAlert().getNote());
      case REPLAY_NOTICE ->
          new ReplayNotice(
              wire.getReplayNotice().getNotice(), wire.getReplayNotice().getReceiver());
      case TEST_RECEIVER -> new TestReceiver(wire.getTestReceiver().getReceiver());
      case SAVE_ALERT_CONFIG ->
          new SaveAlertConfig(
              wire.getSaveAlertConfig().getBaseVersion(), wire.getSaveAlertConfig().getText());
      default -> throw new IllegalArgumentException("request without a body that is known");
    };
  }
}
