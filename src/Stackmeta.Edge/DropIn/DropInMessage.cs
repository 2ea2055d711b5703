using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Stackmeta.Core.Lookups;

namespace Stackmeta.Edge;

/// <summary>What a drop-in tells the edge: one line of JSON. The answer is one line: empty, or why not.</summary>
/// <param name="Process">The placeholder: it is in the namespace, and the edge listens as long as it lives.</param>
/// <param name="CommandLine">The placeholder's first argument, which tells it from a later process of the same id.</param>
/// <param name="Binds">Where to listen.</param>
sealed record DropInMessage(int Process, string CommandLine, EdgeScopeKind Kind, Guid Id, string[] Binds)
{
    public string ToLine() => JsonSerializer.Serialize(this, DropInJson.Default.DropInMessage);

    /// <exception cref="EdgeException">It is no such line.</exception>
    public static DropInMessage Parse(string line)
    {
        try
        {
            var message =
                JsonSerializer.Deserialize(line, DropInJson.Default.DropInMessage)
                ?? throw new EdgeException("An empty message.");
            if (!Enum.IsDefined(message.Kind))
            {
                throw new EdgeException("A message of a drop-in that does not tell for whom to listen.");
            }
            return message.Binds.Length > 0 && message.Binds.All(bind => IPEndPoint.TryParse(bind, out _))
                ? message
                : throw new EdgeException("A message of a drop-in that does not tell where to listen.");
        }
        catch (JsonException e)
        {
            throw new EdgeException($"Not a message of a drop-in: {e.Message}", e);
        }
    }

    public ServedNamespace ToServed() =>
        new(new(Kind, Id), $"/proc/{Process}/ns/net", [.. Binds.Select(IPEndPoint.Parse).SelectMany(OfBothFamilies)]);

    /// <summary>haproxy's <c>::</c> takes IPv4 too, as the kernel's default is.</summary>
    static IEnumerable<IPEndPoint> OfBothFamilies(IPEndPoint bind) =>
        bind.Address.Equals(IPAddress.IPv6Any) ? [bind, new(IPAddress.Any, bind.Port)] : [bind];

    /// <summary>The placeholder; absent when it has ended, also where another process has its number now.</summary>
    public Lookup<int> FindPlaceholder() =>
        ProcessTable
            .ReadCommandLine(Process)
            .Then(arguments => arguments[0] == CommandLine ? Lookup.Found(Process) : Lookup.Absent<int>());
}

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DropInMessage))]
sealed partial class DropInJson : JsonSerializerContext;
