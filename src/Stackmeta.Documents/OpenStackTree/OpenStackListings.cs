using System.Globalization;
using Stackmeta.Core.Instances;

namespace Stackmeta.Documents;

/// <summary>The two listings of the OpenStack tree (spec/nova-metadata.md §1.4).</summary>
static class OpenStackListings
{
    /// <summary>The versions that are not later than today (UTC), then <c>latest</c>.</summary>
    public static void WriteVersions(ref Utf8Output text, Compatibility compatibility, TimeProvider time)
    {
        Span<char> today = stackalloc char["yyyy-MM-dd".Length];
        time.GetUtcNow().UtcDateTime.TryFormat(today, out _, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        for (var version = 0; version <= OpenStackVersions.NewestOf(compatibility); version++)
        {
            var name = OpenStackVersions.Names[version];
            if (name.AsSpan().SequenceCompareTo(today) <= 0)
            {
                text.Write(name);
                text.Write((byte)'\n');
            }
        }
        text.Write("latest"u8);
    }

    /// <summary>The files of a version: always in this order, whatever the vendor data providers are.</summary>
    public static void WriteFiles(ref Utf8Output text, Instance instance, int version)
    {
        text.Write("meta_data.json"u8);
        if (instance.HasUserData)
        {
            text.Write("\nuser_data"u8);
        }
        if (version >= OpenStackVersions.Grizzly)
        {
            text.Write("\npassword"u8);
        }
        if (version >= OpenStackVersions.Havana)
        {
            text.Write("\nvendor_data.json"u8);
        }
        if (version >= OpenStackVersions.Liberty)
        {
            text.Write("\nnetwork_data.json"u8);
        }
        if (version >= OpenStackVersions.NewtonTwo)
        {
            text.Write("\nvendor_data2.json"u8);
        }
    }
}
