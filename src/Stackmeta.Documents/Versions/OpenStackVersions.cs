using System.Collections.Immutable;

namespace Stackmeta.Documents;

/// <summary>The versions of the OpenStack tree, as indices into their list (spec/nova-metadata.md §1.2).</summary>
static class OpenStackVersions
{
    public const int Folsom = 0;
    public const int Grizzly = 1;
    public const int Havana = 2;
    public const int Liberty = 3;
    public const int NewtonOne = 4;
    public const int NewtonTwo = 5;
    public const int Ocata = 6;
    public const int Rocky = 7;
    public const int Victoria = 8;
    public const int Epoxy = 9;

    /// <summary>The alias of the newest version.</summary>
    public const int Latest = 10;

    public static readonly ImmutableArray<string> Names =
    [
        "2012-08-10",
        "2013-04-04",
        "2013-10-17",
        "2015-10-15",
        "2016-06-30",
        "2016-10-06",
        "2017-02-22",
        "2018-08-27",
        "2020-10-14",
        "2025-04-04",
        "latest",
    ];

    /// <summary>The index of a version's name, or -1.</summary>
    public static int IndexOf(ReadOnlySpan<char> name) => VersionNames.IndexOf(Names, name);

    /// <summary>The newest version that a release has.</summary>
    public static int NewestOf(Compatibility compatibility) => compatibility < Compatibility.Epoxy ? Victoria : Epoxy;
}
