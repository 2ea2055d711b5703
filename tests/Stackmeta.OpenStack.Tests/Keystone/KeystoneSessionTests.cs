using Microsoft.Extensions.Time.Testing;

namespace Stackmeta.OpenStack.Tests;

/// <summary>A token is asked for once, kept, and renewed ahead of its end.</summary>
public sealed class KeystoneSessionTests
{
    [Fact]
    public async Task Many_who_ask_at_once_get_one_token()
    {
        await using var cloud = new FakeCloud { Delay = TimeSpan.FromMilliseconds(20) };
        var keystone = cloud.Keystone();
        var tokens = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(_ => keystone.GetTokenAsync(null, default).AsTask())
        );
        Assert.Equal("token-1", Assert.Single(tokens.Distinct()));
        Assert.Single(cloud.TokenRequests);
    }

    [Fact]
    public async Task A_password_is_sent_as_keystone_wants_it()
    {
        await using var cloud = new FakeCloud();
        await cloud.Keystone().GetTokenAsync(null, default);
        Assert.Equal(
            """/identity/v3/auth/tokens {"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"nova","domain":{"id":"default"},"password":"svc-password"}}},"scope":{"project":{"name":"service","domain":{"name":"Default"}}}}}""",
            Assert.Single(cloud.TokenRequests)
        );
    }

    [Fact]
    public async Task An_application_credential_needs_no_scope()
    {
        await using var cloud = new FakeCloud();
        await cloud
            .Keystone(options => options with { ApplicationCredentialId = "id", ApplicationCredentialSecret = "s" })
            .GetTokenAsync(null, default);
        Assert.EndsWith(
            """{"auth":{"identity":{"methods":["application_credential"],"application_credential":{"id":"id","secret":"s"}}}}""",
            Assert.Single(cloud.TokenRequests)
        );
    }

    [Fact]
    public async Task A_token_is_renewed_before_it_ends_and_serves_while_it_cannot_be()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        await using var cloud = new FakeCloud { Time = time };
        var keystone = cloud.Keystone();
        Assert.Equal("token-1", await keystone.GetTokenAsync(null, default));
        time.Advance(TimeSpan.FromMinutes(53));
        Assert.Equal("token-1", await keystone.GetTokenAsync(null, default));
        time.Advance(TimeSpan.FromMinutes(2));
        cloud.KeystoneStatus = 503;
        Assert.Equal("token-1", await keystone.GetTokenAsync(null, default));
        cloud.KeystoneStatus = 201;
        Assert.Equal("token-3", await keystone.GetTokenAsync(null, default));
    }

    [Fact]
    public async Task A_refused_token_is_not_given_again()
    {
        await using var cloud = new FakeCloud();
        var keystone = cloud.Keystone();
        Assert.Equal("token-1", await keystone.GetTokenAsync(null, default));
        Assert.Equal("token-2", await keystone.GetTokenAsync("token-1", default));
        // A second who was refused the same token gets the new one without asking.
        Assert.Equal("token-2", await keystone.GetTokenAsync("token-1", default));
        Assert.Equal(2, cloud.TokenRequests.Count);
    }

    [Fact]
    public async Task Refused_credentials_are_not_tried_again_at_once()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        await using var cloud = new FakeCloud { KeystoneStatus = 401, Time = time };
        var keystone = cloud.Keystone();
        for (var i = 0; i < 10; i++)
        {
            Assert.Null(await keystone.GetTokenAsync(null, default));
        }
        Assert.Single(cloud.TokenRequests);
        time.Advance(TimeSpan.FromSeconds(6));
        cloud.KeystoneStatus = 201;
        Assert.Equal("token-2", await keystone.GetTokenAsync(null, default));
    }

    [Fact]
    public async Task A_keystone_that_is_silent_or_cut_off_gives_no_token()
    {
        await using var cloud = new FakeCloud { Delay = TimeSpan.FromSeconds(5) };
        var keystone = cloud.Keystone(options => options with { Deadline = TimeSpan.FromMilliseconds(100) });
        Assert.Null(await keystone.GetTokenAsync(null, default));
        cloud.Delay = TimeSpan.Zero;
        cloud.Truncates = true;
        Assert.Null(await cloud.Keystone().GetTokenAsync(null, default));
    }

    [Fact]
    public void Options_show_no_secret()
    {
        var options = new KeystoneOptions
        {
            AuthUrl = new("http://k/"),
            Username = "nova",
            Password = "hunter2",
            ApplicationCredentialSecret = "hunter3",
        };
        Assert.DoesNotContain("hunter", options.ToString());
    }
}
