namespace Stackmeta;

/// <summary>An explanation for programs: the same facts as <see cref="ExplanationText"/>, nothing cut.</summary>
static class ExplanationJson
{
    public static string Of(Explanation explanation) =>
        JsonText.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("subject", explanation.Subject);
            writer.WriteString(
                "verdict",
                explanation.Culprit is not null ? "broken"
                    : explanation.IsWhole ? "fine"
                    : "not-all-seen"
            );
            if (explanation.Culprit is { Finding: { } finding } culprit)
            {
                var description = FindingDescription.Of(finding);
                writer.WriteString("link", ExplanationText.NameOf(culprit.Link));
                writer.WriteString("reason", FindingDescription.NameOf(finding));
                writer.WriteString("meaning", description.Meaning);
                writer.WriteString("next", description.Next);
            }
            if (explanation.LastRefusal is { } refused)
            {
                writer.WriteString("last_refusal", refused);
            }
            writer.WriteStartArray("dead");
            foreach (var process in explanation.Dead)
            {
                writer.WriteStartObject();
                writer.WriteString("process", process.Name);
                writer.WriteString("socket", process.Socket);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteStartArray("links");
            foreach (var link in explanation.Links)
            {
                writer.WriteStartObject();
                writer.WriteString("link", ExplanationText.NameOf(link.Link));
                writer.WriteString(
                    "state",
                    link.State switch
                    {
                        LinkState.Fine => "fine",
                        LinkState.Broken => "broken",
                        _ => "not-looked-at",
                    }
                );
                writer.WriteString("detail", link.Detail);
                if (link.Finding is { } reason)
                {
                    writer.WriteString("reason", FindingDescription.NameOf(reason));
                }
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
}
