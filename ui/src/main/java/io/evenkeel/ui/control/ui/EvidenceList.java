package io.evenkeel.ui.control.ui;

import com.vaadin.flow.component.html.DescriptionList;
import com.vaadin.flow.component.html.Div;
import io.evenkeel.ui.chart.Figures;
import java.util.Map;

/** The figures that a decision rests on. */
final class EvidenceList extends DescriptionList {
  EvidenceList(Map<String, Double> evidence) {
    addClassName("evidence");
    evidence.forEach(
        (name, value) ->
            add(
                new Div(
                    new DescriptionList.Term(name),
                    new DescriptionList.Description(Figures.figure(value)))));
  }
}
