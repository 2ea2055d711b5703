using System.Buffers;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents.Tests;

/// <summary>Asks for documents of an instance as a guest does, without HTTP between.</summary>
sealed record Guest(Instance? Instance)
{
    public static readonly DateTimeOffset Today = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    public DocumentOptions Options { get; init; } = new();

    public RenderContext Context { get; init; }

    public DateTimeOffset Now { get; init; } = Today;

    /// <summary>The body of an answer that must be there.</summary>
    public string Get(string target)
    {
        var answer = Ask(target);
        Assert.Equal(Refusal.None, answer.Refusal);
        return answer.Text;
    }

    /// <summary>The items of a listing that must be there.</summary>
    public string[] List(string target) => Get(target).Split('\n');

    public Answer Ask(string target)
    {
        var refusal = MetadataDocument.Resolve(target, out var document);
        if (refusal != Refusal.None)
        {
            return new(refusal, "", []);
        }
        var output = new ArrayBufferWriter<byte>();
        refusal = new DocumentRenderer(Options, new FakeTimeProvider(Now)).Render(
            document,
            Instance,
            Context,
            output,
            out var contentType
        );
        if (refusal != Refusal.None)
        {
            Assert.Equal(0, output.WrittenCount);
        }
        return new(refusal, contentType, output.WrittenSpan.ToArray());
    }
}

sealed record Answer(Refusal Refusal, string ContentType, byte[] Bytes)
{
    public string Text => Encoding.UTF8.GetString(Bytes);
}
