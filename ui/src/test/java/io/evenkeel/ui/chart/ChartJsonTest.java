package io.evenkeel.ui.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ChartJsonTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  @Test
  void shouldDrawTheLimitAndStretchTheAxisToItWhenAllValuesLieBelow() {
    var chart =
        new LineChart(
            Scale.LOGARITHMIC,
            "",
            "",
            0,
            10,
            List.of(trace("a", "layer 0", 0.01)),
            List.of(new Limit(0.1, "limit 0.1", Limit.Kind.CEILING)));

    JsonNode option = JSON.readTree(ChartJson.option(chart));

    JsonNode limit = series(option, "limit-0");
    assertThat(limit.path("markLine").path("data").get(0).path("yAxis").asDouble()).isEqualTo(0.1);
    assertThat(limit.path("data").get(0).get(1).asDouble()).isEqualTo(0.1);
    assertThat(option.path("yAxis").get(0).path("type").asString("")).isEqualTo("log");
    assertThat(option.path("xAxis").path("max").asLong()).isEqualTo(10);
  }

  @Test
  void shouldCarryNamesAsTextWhenTheyAreHostile() {
    String hostile = "<img src=x onerror=alert(1)>\"},\"x\":{\"";
    var chart =
        new LineChart(Scale.LINEAR, "", "", 0, 10, List.of(trace("a", hostile, 1)), List.of());

    JsonNode option = JSON.readTree(ChartJson.option(chart));

    assertThat(series(option, "a").path("name").asString("")).isEqualTo(hostile);
    assertThat(option.has("x")).isFalse();
  }

  @Test
  void shouldSendOnlyNewPointsWhenTicking() {
    List<Point> two = List.of(new Point(0, 5, 5, 5, 16), new Point(16, 5, 5, 5, 3));
    LineChart before = chart(two);
    LineChart chart =
        chart(List.of(two.get(0), new Point(16, 4, 9, 6, 16), new Point(32, 6, 6, 6, 1)));

    JsonNode tick = JSON.readTree(ChartJson.tick(chart, before));

    assertThat(SentPoints.in(tick.toString()))
        .containsExactly("[16,4.0]", "[16,9.0]", "[16,6.0]", "[32,6.0]");
    assertThat(tick.path("series").path("a").path("after").asLong()).isZero();
    assertThat(tick.path("x").toString()).isEqualTo("[0,40]");
    assertThat(ChartJson.hasNew(chart, before)).isTrue();
    assertThat(ChartJson.hasNew(chart, chart(chart.traces().get(0).points()))).isFalse();
  }

  @Test
  void shouldShadeAlertsAndMarkCommandsAndNan() {
    var marks =
        new Marks(
            List.of(
                new Marks.Band(
                    5, 9, Marks.Weight.DANGER, "critical alert", "alert/a", Marks.Concern.OWN),
                new Marks.Band(
                    6, 6, Marks.Weight.NOTE, "info alert", "alert/b", Marks.Concern.OTHER)),
            List.of(new Marks.Moment(7, "#1 alpha 1 → 0.5", Double.NaN, "command/1/1")),
            List.of(8L));

    JsonNode json = JSON.readTree(MarksJson.tick(marks)).path("0");

    assertThat(json).hasSize(4);
    assertThat(json.get(0).path("kind").asString("")).isEqualTo("band");
    assertThat(json.get(0).path("from").asLong()).isEqualTo(5);
    assertThat(json.get(0).path("to").asLong()).isEqualTo(9);
    assertThat(json.get(0).path("weight").asString("")).isEqualTo("danger");
    assertThat(json.get(0).path("id").asString("")).isEqualTo("alert/a");
    assertThat(json.get(1).path("kind").asString("")).isEqualTo("hint");
    assertThat(json.get(1).path("to").asLong()).isEqualTo(7);
    assertThat(json.get(2).path("kind").asString("")).isEqualTo("command");
    assertThat(json.get(2).path("from").asLong()).isEqualTo(7);
    assertThat(json.get(2).has("value")).isFalse();
    assertThat(json.get(3).path("label").asString("")).contains("NaN").contains("8");
  }

  @Test
  void shouldTellThePartOfTheStepsAndTheirTimes() {
    var chart =
        new LineChart(
            Scale.LINEAR,
            "",
            "",
            40,
            80,
            List.of(trace("a", "a", 1)),
            List.of(),
            new Window(40, 80),
            List.of(new Knot(40, 1_000), new Knot(80, 9_000)));

    JsonNode option = JSON.readTree(ChartJson.option(chart));

    assertThat(option.path("evenkeelWindow").toString()).isEqualTo("{\"from\":40,\"to\":80}");
    assertThat(option.path("evenkeelClock").toString()).isEqualTo("[[40,1000],[80,9000]]");
    assertThat(option.path("xAxis").path("min").asLong()).isEqualTo(40);
  }

  @Test
  void shouldWriteNamesThatNoSpreadsheetTakesForFormulas() {
    var chart =
        new LineChart(
            Scale.LINEAR, "", "", 0, 2, List.of(trace("a", "=HYPERLINK(\"x\")", 5)), List.of());

    assertThat(ChartCsv.of(chart))
        .startsWith("series,step,count,min,max,last\r\n")
        .contains("\"'=HYPERLINK(\"\"x\"\")\",0,1,5.0,5.0,5.0\r\n");
  }

  @Test
  void shouldSetZeroExpertsApartInEveryLayer() {
    var loads =
        new LayerLoads(
            9,
            2,
            3,
            List.of(
                new LayerLoads.Layer(0, new float[] {30, 10, 40}),
                new LayerLoads.Layer(1, new float[] {10, 10, 5})));

    JsonNode option = JSON.readTree(LoadMapJson.option(loads));

    assertThat(option.path("xAxis").path("data").toString())
        .isEqualTo("[\"E0\",\"E1\",\"\",\"zero 0\"]");
    assertThat(option.path("yAxis").path("data").toString()).isEqualTo("[\"layer 0\",\"layer 1\"]");
    assertThat(SentPoints.floats(option.path("evenkeelLoad").path("cells").asString("")))
        .containsExactly(1.5f, 1f, 0.5f, 1f, Float.NaN, Float.NaN, 2f, 0.5f);
  }

  @Test
  void shouldSetZeroExpertsApartWhenThereAreSome() {
    LoadMap map =
        LoadMap.empty(2, 2, 3).with(List.of(new LoadMap.Column(4, new float[] {30, 10, 40})));

    JsonNode option = JSON.readTree(LoadMapJson.option(map));

    assertThat(option.path("yAxis").path("data").toString())
        .isEqualTo("[\"E0\",\"E1\",\"\",\"zero 0\"]");
    assertThat(SentPoints.floats(option.path("evenkeelLoad").path("cells").asString("")))
        .containsExactly(1.5f, 0.5f, Float.NaN, 2f);
  }

  @Test
  void shouldMarkTensorsWhenEpsilonComesNear() {
    JsonNode option =
        JSON.readTree(
            TensorsJson.option(
                List.of(new TensorBar("embed", 2e-8, 0.5), new TensorBar("head", 1e-3, 1e-5)),
                1e-8));

    assertThat(series(option, "gradient RMS").path("data")).hasSize(1);
    assertThat(series(option, "RMS within 10 × epsilon").path("data").get(0).get(1).asString(""))
        .isEqualTo("embed");
  }

  @Test
  void shouldNameSomeOfVeryManySeriesTheEndsAmongThem() {
    List<Trace> layers =
        IntStream.range(0, 60).mapToObj(i -> trace("l" + i, "layer " + i, i)).toList();
    var chart = new LineChart(Scale.LINEAR, "", "", 0, 2, layers, List.of());

    JsonNode names = JSON.readTree(ChartJson.option(chart)).path("legend").path("data");

    assertThat(names.toString())
        .startsWith("[\"layer 0\",\"layer 12\"")
        .endsWith("\"layer 48\",\"layer 59\"]");
  }

  private static LineChart chart(List<Point> points) {
    return new LineChart(
        Scale.LINEAR,
        "",
        "",
        0,
        40,
        List.of(new Trace("a", "a", "a", Stroke.SOLID, Axis.LEFT, 0, points)),
        List.of());
  }

  private static JsonNode series(JsonNode option, String id) {
    for (JsonNode series : option.path("series")) {
      if (series.path("id").asString("").equals(id)) {
        return series;
      }
    }
    throw new AssertionError("no series " + id + " in " + option);
  }

  private static Trace trace(String id, String name, double value) {
    return new Trace(
        id,
        name,
        name,
        Stroke.SOLID,
        Axis.LEFT,
        0,
        List.of(Point.at(0, value), Point.at(1, value), Point.at(2, value)));
  }
}
