using System.Text.Json;
using Stackmeta.Core.Refusals;
using Stackmeta.Http;

namespace Stackmeta.Admin;

/// <summary>An observed request as JSON; the form of <c>/trace</c> and <c>/refusals</c>.</summary>
public static class RequestJson
{
    public static void Write(Utf8JsonWriter json, ObservedRequest request)
    {
        json.WriteStartObject();
        WriteFields(json, request);
        json.WriteEndObject();
    }

    public static void WriteFields(Utf8JsonWriter json, ObservedRequest request)
    {
        json.WriteString("time", request.Time);
        json.WriteString("request_id", request.RequestId);
        json.WriteString("trace_id", request.TraceId);
        json.WriteString("method", request.Method);
        json.WriteString("target", request.Target);
        json.WriteString("dialect", request.Dialect);
        json.WriteNumber("status", request.Status);
        json.WriteString(
            "refusal",
            request.Refusal == Refusal.None ? null : RefusalDescription.Of(request.Refusal).Name
        );
        json.WriteString("refused_by", request.RefusedBy is { } hop ? PathSteps.NameOf(hop) : null);
        json.WriteString("scope", request.ScopeKind);
        json.WriteString("scope_id", request.ScopeId);
        json.WriteString("address", request.Address);
        json.WriteString("instance_id", request.InstanceId);
        json.WriteNumber("duration_ms", Milliseconds(request.Duration));
        json.WriteStartArray("steps");
        foreach (var step in request.Steps)
        {
            json.WriteStartObject();
            json.WriteString("step", PathSteps.NameOf(step.Step));
            json.WriteNumber("depth", step.Depth);
            json.WriteNumber("began_ms", Milliseconds(step.Began));
            json.WriteNumber("duration_ms", Milliseconds(step.Duration));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>To the microsecond.</summary>
    static double Milliseconds(TimeSpan span) => Math.Round(span.TotalMilliseconds, 3);
}
