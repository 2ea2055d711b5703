using System.Text;
using Stackmeta.ConfigDrive;

namespace Stackmeta.Reference.Tests;

/// <summary>
/// <c>stackmeta config-drive build --config-file</c> on the recorded databases: a guest reads from its drive what it was told over HTTP.
/// </summary>
[Collection(ReferenceCollection.Name)]
public sealed class DriveFromNovaTests(ReferenceCloud cloud) : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("stackmeta-drive-from-nova-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_drive_holds_what_the_real_nova_answered_over_http()
    {
        Skip();
        var conf = await cloud.WriteNovaConfAsync();
        var verdicts = new Verdicts();
        var drives = 0;
        foreach (var recording in Library.Instance.All.Where(recording => recording.Name.StartsWith('o')))
        {
            var order = new DriveOrder(recording.Name, recording.Uuid);
            var (image, error) = await DriveCommand.BuildAsync(order, conf, _folder);
            var answers = Answers(recording);
            if (error.Length > 0)
            {
                // Nova failed as well: the instance is not found, or one of the documents cannot be had.
                Assert.Contains(answers, answer => answer.Key.StartsWith("/openstack/") && !answer.Value.IsSuccess);
                continue;
            }
            drives++;
            CompareWith(answers, image, recording.Name, verdicts);
        }
        cloud.Count(verdicts);
        TestContext.Current.TestOutputHelper?.WriteLine($"{drives} drives: {verdicts}");
        Assert.Empty(verdicts.Mismatches);
        Assert.Equal(34, drives);
    }

    static Dictionary<string, Answer> Answers(Recording recording) =>
        recording
            .Requests.Where(request => request.Method == "GET" && request.Changes.IsEmpty && request.Raw is null)
            .GroupBy(request => request.Path)
            .ToDictionary(requests => requests.Key, requests => requests.First().Answer, StringComparer.Ordinal);

    static void CompareWith(Dictionary<string, Answer> answers, string image, string name, Verdicts verdicts)
    {
        using var file = File.OpenRead(image);
        var drive = DriveImage.Open(file).Image!;
        var seeds = new RandomSeeds();
        foreach (var entry in drive.Entries.Where(entry => entry.Kind is DriveEntryKind.File))
        {
            // The EC2 file is another document than any over HTTP, which hands out its leaves one by one.
            if (entry.Path.EndsWith("/meta-data.json", StringComparison.Ordinal))
            {
                continue;
            }
            var path = entry.Path.StartsWith("ec2/") ? entry.Path["ec2".Length..] : $"/{entry.Path}";
            using var content = drive.OpenRead(entry);
            using var bytes = new MemoryStream();
            content.CopyTo(bytes);
            var ours = seeds.Apply(new() { Status = 200, Body = bytes.ToArray() });
            if (answers.GetValueOrDefault(path) is not { IsSuccess: true } theirs)
            {
                verdicts.Mismatch($"{name} {path} was not answered over HTTP");
            }
            else if (ours.Fault is null && ours.Body.AsSpan().SequenceEqual(theirs.Body))
            {
                verdicts.Identical();
            }
            else
            {
                verdicts.Mismatch(
                    $"{name} {path}: {ours.Fault} {Encoding.UTF8.GetString(ours.Body)} against {Encoding.UTF8.GetString(theirs.Body)}"
                );
            }
        }
    }

    [Fact]
    public async Task Versions_to_skip_and_the_format_come_from_nova_conf()
    {
        Skip();
        var conf = await cloud.WriteNovaConfAsync(
            options:
            [
                ("DEFAULT.config_drive_format", "vfat"),
                ("api.config_drive_skip_versions", "1.0 2007-01-19 2007-03-01 2009-04-04 2018-08-27"),
            ]
        );
        var (image, _) = await DriveCommand.BuildAsync(DriveOrder.All[0], conf, _folder);
        using var file = File.OpenRead(image);
        var drive = DriveImage.Open(file).Image!;
        Assert.Equal(DriveFormat.Vfat, drive.Format);
        var folders = drive.Entries.Where(entry => entry.Kind is DriveEntryKind.Folder).Select(entry => entry.Path);
        Assert.Equal(
            ["2007-08-29", "2007-10-10", "2007-12-15", "2008-02-01", "2008-09-01", "latest"],
            folders.Where(path => path.StartsWith("ec2/")).Select(path => path["ec2/".Length..])
        );
        // As in Nova: the list knows EC2 versions only.
        Assert.Contains("openstack/2018-08-27", folders);
    }

    [Fact]
    public async Task A_NoCloud_seed_comes_from_nova_too()
    {
        Skip();
        var order = DriveOrder.All.Single(order => order.Name == "o02-standard");
        var (image, error) = await DriveCommand.BuildAsync(
            order,
            await cloud.WriteNovaConfAsync(),
            _folder,
            "--seed",
            "nocloud"
        );
        Assert.Equal("", error);
        using var file = File.OpenRead(image);
        var drive = DriveImage.Open(file).Image!;
        Assert.Equal("cidata", drive.Label);
        using var reader = new StreamReader(drive.OpenRead(drive.Find("meta-data")!));
        Assert.Contains($"instance-id: \"{order.Uuid}\"\n", await reader.ReadToEndAsync());
    }

    [Fact]
    public async Task What_cannot_be_had_is_one_sentence_and_no_file()
    {
        Skip();
        var unknown = new DriveOrder("unknown", "00000000-0000-0000-0000-000000000000");
        var standard = DriveOrder.All.Single(order => order.Name == "o02-standard");
        var conf = await cloud.WriteNovaConfAsync();
        Assert.Equal($"stackmeta: There is no instance '{unknown.Uuid}'.\n", await RefusedAsync(unknown, conf));
        // Names are not unique in a cloud.
        Assert.Equal(
            "stackmeta: There is no instance 'standard'.\n",
            await RefusedAsync(unknown with { Uuid = "standard" }, conf)
        );
        Assert.Equal(
            "stackmeta: The names of the security groups cannot be had.\n",
            await RefusedAsync(
                standard,
                await cloud.WriteNovaConfAsync(options: ("neutron.auth_url", "http://127.0.0.1:1/v3"))
            )
        );
        Assert.Equal(
            "stackmeta: The vendor data cannot be had.\n",
            await RefusedAsync(
                standard,
                await cloud.WriteNovaConfAsync(
                    options:
                    [
                        ("api.vendordata_dynamic_failure_fatal", "true"),
                        ("api.vendordata_dynamic_targets", "fail@{target}/fail500"),
                    ]
                )
            )
        );
        Assert.Equal(
            "stackmeta: The instance cannot be read at the moment; try again.\n",
            await RefusedAsync(
                standard,
                await cloud.WriteNovaConfAsync(
                    options: ("api_database.connection", "mysql://nova:x@127.0.0.1:1/nova_api")
                )
            )
        );
        Assert.Contains(
            "'gopher' is none of",
            await RefusedAsync(
                standard,
                await cloud.WriteNovaConfAsync(options: ("DEFAULT.config_drive_format", "gopher"))
            )
        );
        Assert.Contains("/nowhere/nova.conf", await RefusedAsync(standard, "/nowhere/nova.conf"));
    }

    async Task<string> RefusedAsync(DriveOrder order, string conf) =>
        (await DriveCommand.BuildAsync(order, conf, _folder)).Error;

    static void Skip() => Assert.SkipWhen(ReferenceCloud.Missing is not null, ReferenceCloud.Missing ?? "");
}
