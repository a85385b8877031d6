package io.evenkeel.ui.rundetail;

/** A figure of a run over its steps: where it is stored, and under which name its series are. */
enum Metric {
  LOSS_LM(Table.RUN, "loss_lm"),
  LOSS_TOTAL(Table.RUN, "loss_total"),
  LOSS_LB(Table.RUN, "loss_lb"),
  LOSS_Z(Table.RUN, "loss_z"),
  GRADIENT_NORM(Table.RUN, "gradient_norm"),
  EPSILON_OVER_RMS_MAX(Table.RUN, "epsilon_over_rms_max"),
  STEP_TIME(Table.RUN, "step_time_millis"),
  TELEMETRY_TIME(Table.RUN, "telemetry_time_millis"),
  GRADIENT_NORM_RATIO(Table.LAYER, "gradient_norm_ratio"),
  LOGIT_GRADIENT_RATIO(Table.LAYER, "logit_gradient_ratio"),
  ROUTER_COSINE(Table.LAYER, "router_cosine_ffn"),
  TOKEN_ENTROPY(Table.LAYER, "token_entropy_normalised"),
  SOFT_MUTUAL_INFORMATION(Table.LAYER, "soft_mutual_information"),
  FFN_EXPERTS_MEAN(Table.LAYER, "ffn_experts_mean"),
  FFN_EXPERTS_STD(Table.LAYER, "ffn_experts_std"),
  MAX_VIOLATION(Table.LAYER, "max_violation"),
  ACTIVATION_MAX_ABS(Table.ACTIVATION, "max_abs"),
  ACTIVATION_RMS(Table.ACTIVATION, "rms");

  private final Table table;
  private final String column;

  Metric(Table table, String column) {
    this.table = table;
    this.column = column;
  }

  Table table() {
    return table;
  }

  String column() {
    return column;
  }

  /** What {@code ui_v1_series} calls it. */
  String seriesName() {
    return table == Table.ACTIVATION ? "layer_out." + column : column;
  }

  /** A view of steps, and the columns that tell its series apart. */
  enum Table {
    RUN("ui_v1_run_steps", "''", ""),
    LAYER("ui_v1_layer_steps", "layer::text", ""),
    ACTIVATION("ui_v1_activation_steps", "layer::text", " and site = 'layer_out'");

    private final String view;
    private final String series;
    private final String condition;

    Table(String view, String series, String condition) {
      this.view = view;
      this.series = series;
      this.condition = condition;
    }

    String view() {
      return view;
    }

    String series() {
      return series;
    }

    String condition() {
      return condition;
    }
  }
}
