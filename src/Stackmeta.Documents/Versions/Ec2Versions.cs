using System.Collections.Immutable;

namespace Stackmeta.Documents;

/// <summary>The versions of the EC2 tree, as indices into their list (spec/nova-metadata.md §1.2).</summary>
static class Ec2Versions
{
    public const int First = 0;
    public const int Of2007January = 1;
    public const int Of2007August = 3;
    public const int Of2007December = 5;
    public const int Of2008February = 6;
    public const int Of2008September = 7;

    public static readonly ImmutableArray<string> Names =
    [
        "1.0",
        "2007-01-19",
        "2007-03-01",
        "2007-08-29",
        "2007-10-10",
        "2007-12-15",
        "2008-02-01",
        "2008-09-01",
        "2009-04-04",
        "latest",
    ];

    /// <summary>The list as it is answered.</summary>
    public static ReadOnlySpan<byte> List =>
        "1.0\n2007-01-19\n2007-03-01\n2007-08-29\n2007-10-10\n2007-12-15\n2008-02-01\n2008-09-01\n2009-04-04\nlatest"u8;

    /// <summary>The index of a version's name, or -1.</summary>
    public static int IndexOf(ReadOnlySpan<char> name) => VersionNames.IndexOf(Names, name);
}
