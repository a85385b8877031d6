package io.evenkeel.analytics.detect;

import io.evenkeel.contract.error.Check;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * User scalars that mean what a rule looks at: a trainer with two losses logs {@code act_loss} and
 * {@code cri_loss}, and one without step times logs tokens a second. At most {@value #MOST} of a
 * kind, in the order of their names, so that names that change cannot fill the state.
 */
final class ScalarSeries {

  private static final int MOST = 8;
  private static final String SCOPE = "scalars/";

  /** Ends in loss, and is no loss of an evaluation, a balance or an auxiliary term. */
  private static final Pattern LOSS =
      Pattern.compile(
          "(?!.*(val|eval|test|dev|balanc|aux|router|z_loss|zloss|best|avg|mean|smooth|total))"
              + "(.*[^a-z])?loss");

  private static final Pattern THROUGHPUT =
      Pattern.compile(
          "(?!.*(val|eval|test|dev))(.*[^a-z])?"
              + "(throughput|tps|(tok|token|tokens|sample|samples|step|steps|it|iter|iters)"
              + "_?(/|_per_|_a_|_)(s|sec|second))");

  /** A scalar of interest. */
  record Series(String scope, double value) {}

  private ScalarSeries() {}

  /** Training losses that have no field of their own. */
  static List<Series> losses(Map<String, Double> scalars) {
    return matching(scalars, LOSS, List.of("loss"));
  }

  /** Work done a second. */
  static List<Series> throughputs(Map<String, Double> scalars) {
    return matching(scalars, THROUGHPUT, List.of("s", "sec", "second", "throughput"));
  }

  private static List<Series> matching(
      Map<String, Double> scalars, Pattern pattern, List<String> endings) {
    return scalars.isEmpty()
        ? List.of()
        : scalars.entrySet().stream()
            .filter(scalar -> endsWithAny(scalar.getKey(), endings))
            .filter(scalar -> SCOPE.length() + scalar.getKey().length() <= Check.MAX_NAME)
            .filter(scalar -> pattern.matcher(scalar.getKey().toLowerCase(Locale.ROOT)).matches())
            .sorted(Map.Entry.comparingByKey())
            .limit(MOST)
            .map(scalar -> new Series(SCOPE + scalar.getKey(), scalar.getValue()))
            .toList();
  }

  /** Most names are told apart by their endings alone. */
  private static boolean endsWithAny(String name, List<String> endings) {
    for (String ending : endings) {
      int from = name.length() - ending.length();
      if (name.regionMatches(true, from, ending, 0, ending.length())) {
        return true;
      }
    }
    return false;
  }
}
