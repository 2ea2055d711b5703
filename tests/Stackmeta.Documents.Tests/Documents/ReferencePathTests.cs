using System.Text;
using CsCheck;

namespace Stackmeta.Documents.Tests;

/// <summary>Paths mean what they mean to the reference: its server decodes them, then Python resolves them.</summary>
public sealed class ReferencePathTests
{
    static readonly Gen<string> Paths = Gen.OneOf(
            "/",
            "/",
            "//",
            ".",
            "..",
            "...",
            "openstack",
            "latest",
            "meta_data.json",
            "meta-data",
            "ec2",
            "1.0",
            "\0",
            "x"
        )
        .Array[0, 12]
        .Select(pieces => "/" + string.Concat(pieces));

    [Fact]
    public void Every_target_is_read_as_the_references_server_reads_it()
    {
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Recorded", "uwsgi-paths.tsv")))
        {
            var (target, handedOn) = line.Split('\t') is [var raw, var hex]
                ? (raw, hex)
                : throw new FormatException(line);
            // Escaped as a whole, nothing of it is decoded twice or taken for a dot segment.
            var escaped = Escape(Convert.FromHexString(handedOn));
            var refusal = MetadataDocument.Resolve(escaped, out var expected);
            Assert.Equal(
                (target, refusal, expected),
                (target, MetadataDocument.Resolve(target, out var document), document)
            );
        }
    }

    [Fact]
    public void Escaped_dots_and_slashes_are_resolved_as_Python_does()
    {
        Assert.SkipUnless(Python.IsThere, "python3 is not installed");
        Paths
            .Array[2_000]
            .Sample(
                paths =>
                {
                    foreach (var (path, normal) in paths.Zip(Python.NormalisePaths(paths)))
                    {
                        var refusal = MetadataDocument.Resolve(normal, out var expected);
                        Assert.Equal(
                            (path, refusal, expected),
                            (path, MetadataDocument.Resolve(Escape(Encoding.UTF8.GetBytes(path)), out var found), found)
                        );
                    }
                },
                iter: 10,
                threads: 1
            );
    }

    static string Escape(byte[] path) => string.Concat(path.Select(value => $"%{value:x2}"));
}
