using System.Text;
using CsCheck;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents.Tests;

/// <summary>What holds for every path, however it is spelt.</summary>
public sealed class PathProperties
{
    static readonly Guest B = new(Fixtures.B)
    {
        Context = new() { StaticVendorData = "{}"u8.ToArray(), VendorData2 = [] },
    };

    static readonly Gen<string> Segments = Gen.OneOf(
        "openstack",
        "ec2",
        "latest",
        "1.0",
        "2012-08-10",
        "2025-04-04",
        "content",
        "0000",
        "version",
        "meta_data.json",
        "network_data.json",
        "vendor_data.json",
        "vendor_data2.json",
        "user_data",
        "password",
        "meta-data",
        "user-data",
        "public-keys",
        "0",
        "_name",
        "openssh-key",
        "hostname",
        "ami-id",
        "block-device-mapping",
        "ami",
        "placement",
        "é",
        "😀"
    );

    static readonly Gen<string[]> Paths = Segments.Array[0, 5];

    /// <summary>Texts of the characters that have a meaning in a path, and of some that may not be there.</summary>
    static readonly Gen<string> Noise = Gen.OneOf(
            Gen.Char["/.%?#*:[]@ 0afcxF\u0001é\ud83d\ude00"].Select(character => character.ToString()),
            Segments,
            Gen.Byte.Select(value => $"%{value:x2}"),
            Gen.OneOf("/../", "//", "http://", "%2e%2E", "%c3%a9")
        )
        .Array[0, 12]
        .Select(string.Concat);

    [Fact]
    public void Any_target_gives_a_document_or_is_not_found_or_malformed() =>
        Noise.Sample(
            target =>
            {
                var refusal = B.Ask(target).Refusal;
                return refusal == Refusal.None || RefusalDescription.Of(refusal).Status is 400 or 404;
            },
            iter: 20_000
        );

    [Fact]
    public void Kiam516_Every_spelling_of_a_path_names_the_same_document() =>
        Gen.Select(Paths, Gen.Int.Array[64])
            .Sample(
                (segments, choices) =>
                {
                    var plain = "/" + string.Join('/', segments);
                    var spelt = Spell(segments, new(choices));
                    var refusal = MetadataDocument.Resolve(plain, out var expected);
                    return MetadataDocument.Resolve(spelt, out var document) == refusal && document == expected;
                },
                iter: 20_000
            );

    [Fact]
    public void A_path_is_decoded_once() =>
        Paths.Sample(
            segments =>
            {
                var encoded = "/" + string.Join('/', segments.Select(Encode));
                var twice = encoded.Replace("%", "%25", StringComparison.Ordinal);
                return MetadataDocument.Resolve(encoded, out var once) != Refusal.None
                    || once.Kind is DocumentKind.Root
                    || once.Kind is DocumentKind.Ec2
                    || MetadataDocument.Resolve(twice, out _) == Refusal.PathNotFound;
            },
            iter: 5_000
        );

    /// <summary>Writes a path in one of the many ways that mean the same.</summary>
    static string Spell(string[] segments, Queue<int> choices)
    {
        // A target that begins otherwise is no path.
        var spelt = new StringBuilder("/");
        foreach (var segment in segments)
        {
            spelt.Append(Choose("/", "//", "/./", "/x/../", "%2f", "/%2E/", "/%78/%2e%2e/"));
            spelt.Append(
                Choose(segment, segment, Encode(segment), Encode(segment).ToUpperInvariant().Replace("%E", "%e"))
            );
        }
        return spelt.Append(Choose("", "", "/", "//", "/.", "/y/..", "?a=/../b", "#c", "%")).ToString();

        string Choose(params string[] spellings) => spellings[(int)((uint)choices.Dequeue() % spellings.Length)];
    }

    static string Encode(string segment) =>
        string.Concat(Encoding.UTF8.GetBytes(segment).Select(value => $"%{value:x2}"));
}
