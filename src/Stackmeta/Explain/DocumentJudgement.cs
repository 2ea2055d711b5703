namespace Stackmeta;

/// <summary>The documents that a guest asks for.</summary>
static class DocumentJudgement
{
    public const string UserData = "/openstack/latest/user_data";

    /// <summary>What cloud-init knows user data by (its documentation, "User data formats"), and Ignition's and cloudbase-init's marks.</summary>
    static readonly byte[][] _marks =
    [
        .. new[]
        {
            "#cloud-config",
            "#!",
            "#include",
            "#cloud-boothook",
            "#part-handler",
            "#upstart-job",
            "## template:",
            "Content-Type:",
            "MIME-Version:",
            "From ",
            "{",
            "<powershell>",
            "<script>",
            "rem cmd",
            "#ps1",
            "#ps1_sysnative",
        }.Select(mark => System.Text.Encoding.ASCII.GetBytes(mark)),
        [0x1f, 0x8b],
    ];

    public static LinkVerdict Documents(PathSights sights)
    {
        if (sights.Documents is [])
        {
            return LinkVerdict.NotLookedAt(PathLink.Documents, "nobody answers this guest");
        }
        foreach (var document in sights.Documents)
        {
            if (document.Status is >= 200 and < 300 || (document.Status == 404 && IsOptional(document.Path)))
            {
                continue;
            }
            var what = document.Status == 0 ? "no answer in time" : $"{document.Status}";
            return LinkVerdict.Broken(
                document.Path.Contains("vendor_data", StringComparison.Ordinal)
                    ? Finding.VendorDataUnavailable
                    : Finding.DocumentRefused,
                $"{document.Path}: {what}"
            );
        }
        var userData = sights.Documents.First(document => document.Path == UserData);
        if (userData is { Status: 200, Start.Length: > 0 } && !_marks.Any(mark => Begins(userData.Start.Span, mark)))
        {
            return LinkVerdict.Broken(
                Finding.UserDataUnrecognised,
                "user data begins like nothing that cloud-init knows"
            );
        }
        return LinkVerdict.Fine(
            PathLink.Documents,
            userData.Status == 404
                ? $"{sights.Documents.Length - 1} answered; no user data was given"
                : $"{sights.Documents.Length} answered, user data too"
        );
    }

    static bool IsOptional(string path) => path == UserData;

    static bool Begins(ReadOnlySpan<byte> start, ReadOnlySpan<byte> mark) => start.StartsWith(mark);
}
